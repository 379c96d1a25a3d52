import fc from 'fast-check';

/** A call of an AWS API as the proxy sees it. */
export interface AwsCall {
  /** `AWSEvents.PutEvents`, `AmazonSQS.SendMessage`, or method and path where an API has no target header. */
  readonly operation: string;
  readonly body: string;
}

/** A fault of an AWS service: what the proxy does instead of, or after, forwarding the call. */
export type AwsFault = { readonly name: string } & (
  | { readonly kind: 'reset-before' | 'reset-after' | 'hang' }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: (call: AwsCall) => object;
    }
);

const answer = (name: string, status: number, body: (call: AwsCall) => object): AwsFault => ({
  name,
  kind: 'answer',
  status,
  body,
});

const entriesOf = ({ body }: AwsCall): { readonly Id: string }[] => JSON.parse(body).Entries ?? [];

const refuseSqs = (call: AwsCall) => ({
  Successful: [],
  Failed: entriesOf(call).map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })),
});

const refuseEvents = (call: AwsCall, ErrorCode = 'InternalFailure') => ({
  FailedEntryCount: entriesOf(call).length,
  Entries: entriesOf(call).map(() => ({ ErrorCode, ErrorMessage: 'no' })),
});

/** Every fault of an AWS service that the tests and the soak inject. */
export const awsFaults = {
  resetBefore: { name: 'connection reset before the call was made', kind: 'reset-before' },
  resetAfter: { name: 'connection reset after the call was made', kind: 'reset-after' },
  hang: { name: 'no answer', kind: 'hang' },
  unavailable: answer('answered 503', 503, () => ({ __type: 'ServiceUnavailable' })),
  internalError: answer('answered 500', 500, () => ({ __type: 'InternalServerError' })),
  /** A batch of SQS, or PutEvents, that takes none of its entries and says so. */
  refusedEntries: answer('entries refused', 200, (call) =>
    call.operation === PUT_EVENTS ? refuseEvents(call) : refuseSqs(call),
  ),
  throttledEntries: answer('entries throttled', 200, (call) =>
    refuseEvents(call, 'ThrottlingException'),
  ),
  /** A batch of SQS of which the answer names no entry at all. */
  omittedEntries: answer('entries left out of the answer', 200, () => ({
    Successful: [],
    Failed: [],
  })),
} satisfies Record<string, AwsFault>;

export const PUT_EVENTS = 'AWSEvents.PutEvents';

/** How often the calls of some operations fail, in calls of a thousand by fault. */
interface FaultRate {
  readonly operations: RegExp;
  readonly perMille: readonly (readonly [fault: AwsFault, rate: number])[];
}

const {
  hang,
  internalError,
  omittedEntries,
  refusedEntries,
  resetAfter,
  resetBefore,
  unavailable,
} = awsFaults;

const sixPercent: FaultRate['perMille'] = [
  [hang, 2],
  [resetBefore, 15],
  [resetAfter, 15],
  [unavailable, 14],
  [internalError, 14],
];

const thirtyPercent: FaultRate['perMille'] = [
  [unavailable, 100],
  [resetBefore, 100],
  [resetAfter, 100],
];

/** The operations that each function writes with, and how often they fail. The first entry that matches counts. */
export const faultRates = {
  apicall: [
    {
      operations: /^AmazonSQS\.(SendMessage|ChangeMessageVisibility)Batch$/,
      perMille: [
        ...sixPercent.map(([fault, rate]) => [fault, rate / 2] as const),
        [omittedEntries, 30],
      ],
    },
    {
      operations:
        /^(DynamoDB_\d+\.(Get|Put|Update|Delete)Item|AmazonSQS\.SendMessage|AWSEvents\.PutEvents)$/,
      perMille: sixPercent,
    },
  ],
  webhooks: [
    {
      operations: /^(AWSEvents\.PutEvents|AmazonSQS\.SendMessage|secretsmanager\.GetSecretValue)$/,
      perMille: sixPercent,
    },
  ],
  reprocessor: [
    {
      operations:
        /^(AmazonSQS\.(Send|Delete|ChangeMessageVisibility)\w*Batch|AWSEvents\.PutEvents)$/,
      perMille: [...thirtyPercent.map(([fault]) => [fault, 75] as const), [refusedEntries, 75]],
    },
    { operations: /^(AmazonSQS\.ReceiveMessage$|PUT .*\/parked\/)/, perMille: thirtyPercent },
    {
      operations: /^AWSEvents\.DescribeRule$/,
      perMille: [
        [unavailable, 150],
        [resetBefore, 150],
      ],
    },
  ],
} satisfies Record<string, readonly FaultRate[]>;

/** Calls after which the same sequence of faults begins again. */
const SEQUENCE = 10_000;

function choose(perMille: FaultRate['perMille'], value: number): AwsFault | undefined {
  let upTo = 0;
  for (const [fault, rate] of perMille) {
    upTo += rate;
    if (value < upTo) return fault;
  }
  return undefined;
}

/** @returns the fault, if any, of each call in turn: the same ones for the same seed. */
export function planAwsFaults(
  seed: number,
  rates: readonly FaultRate[],
): (call: AwsCall) => AwsFault | undefined {
  const values = fc.sample(fc.noBias(fc.nat(999)), { seed, numRuns: SEQUENCE });
  let next = 0;
  return ({ operation }) => {
    const rate = rates.find(({ operations }) => operations.test(operation));
    if (rate === undefined) return undefined;
    const value = values[next % values.length] ?? Number.POSITIVE_INFINITY;
    next += 1;
    return choose(rate.perMille, value);
  };
}
