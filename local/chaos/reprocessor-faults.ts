import fc from 'fast-check';
import type { ApiCall, Fault } from './fault-proxy.ts';

const unavailable: Fault = {
  kind: 'answer',
  status: 503,
  body: { __type: 'ServiceUnavailable' },
};
const lostBefore: Fault = { kind: 'reset-before' };
const lostAfter: Fault = { kind: 'reset-after' };

/** A batch of SQS of which every other entry fails, and nothing was done. */
function halfFailed({ body }: ApiCall): Fault {
  const { Entries = [] }: { Entries?: { Id: string }[] } = JSON.parse(body);
  const Failed = Entries.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false }));
  return { kind: 'answer', status: 200, body: { Successful: [], Failed } };
}

/** Entries that the bus throttles. */
function refused({ body }: ApiCall): Fault {
  const { Entries = [] }: { Entries?: object[] } = JSON.parse(body);
  const refusals = Entries.map(() => ({ ErrorCode: 'InternalFailure', ErrorMessage: 'no' }));
  const answer = { FailedEntryCount: refusals.length, Entries: refusals };
  return { kind: 'answer', status: 200, body: answer };
}

type Choice = (call: ApiCall) => Fault;

const always =
  (fault: Fault): Choice =>
  () =>
    fault;
const any = [always(unavailable), always(lostBefore), always(lostAfter)];

/** What each service does to the calls of the reprocessor. */
const faults: readonly (readonly [matches: RegExp, choices: readonly Choice[]])[] = [
  [/^AmazonSQS\.(Send|Delete|ChangeMessageVisibility)\w*Batch$/, [...any, halfFailed]],
  [/^AmazonSQS\.ReceiveMessage$/, any],
  [/^AWSEvents\.PutEvents$/, [...any, refused]],
  [/^AWSEvents\.DescribeRule$/, [always(unavailable), always(lostBefore)]],
  [/^PUT .*\/parked\//, any],
];

/** Of a hundred calls. */
const SHARE = 30;

/** Faults of SQS, S3 and the bus, the same ones for the same seed. */
export function planFaults(seed: number): (call: ApiCall) => Fault | undefined {
  const rolls = fc.sample(fc.tuple(fc.nat(99), fc.nat(99)), { seed, numRuns: 10_000 });
  let next = 0;
  return (call) => {
    const [roll = 100, which = 0] = rolls[next % rolls.length] ?? [];
    next += 1;
    if (roll >= SHARE) return undefined;
    const [, choices = []] = faults.find(([matches]) => matches.test(call.operation)) ?? [];
    return choices[which % Math.max(1, choices.length)]?.(call);
  };
}
