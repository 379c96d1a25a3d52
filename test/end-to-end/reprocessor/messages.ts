import { randomUUID } from 'node:crypto';
import { output, queues, REQUEST, stack } from '../harness.ts';

/** Where a message has to end: in Salesforce once, parked for a reason, or still waiting in its queue. */
type End =
  | 'Redriven__c'
  | 'Contact'
  | 'PERMANENT'
  | 'OUTCOME_UNKNOWN'
  | 'waiting'
  | 'NO_REDRIVE_RULE'
  | 'UNKNOWN_ENVELOPE'
  | 'TOO_MANY_REDRIVES'
  | 'RETENTION_ENDS';

export interface DeadLetter {
  readonly queue: 'apicall' | 'rule' | 'spill';
  /** Appears in the body, and in the record or parked object that it becomes. */
  readonly mark: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly end: End;
}

const DAY = 86_400_000;

const create = (mark: string) => ({
  action: 'POST',
  resource: 'sobjects',
  object: 'Redriven__c',
  payload: { Marker__c: mark },
});
const failure = (name: string, more: object = {}) => ({
  Failure: JSON.stringify({ class: name, errorCode: 'E', message: 'm', attempts: 1, ...more }),
});
const rule = (name: string, target: string, code: string, exhausted?: string) => ({
  RULE_ARN: `arn:aws:events:${stack.region}:000000000000:rule/${output('EventBusName')}/${name}`,
  TARGET_ARN: target,
  ERROR_CODE: code,
  ERROR_MESSAGE: 'm',
  RETRY_ATTEMPTS: exhausted === undefined ? '0' : '185',
  ...(exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: exhausted }),
});
const event = (detailType: string, detail: object) =>
  JSON.stringify({
    version: '0',
    id: randomUUID(),
    source: 'test',
    'detail-type': detailType,
    account: '000000000000',
    time: new Date().toISOString(),
    region: stack.region,
    resources: [],
    detail,
  });
const queueArn = () => {
  const name = new URL(output('ApiCallQueueUrl')).pathname.split('/').at(-1);
  return `arn:aws:sqs:${stack.region}:000000000000:${name}`;
};

type Made = Omit<DeadLetter, 'mark'>;
type Make = (mark: string) => Made;

const ofApiCall = (body: object, attributes: Record<string, string>, end: End): Made => ({
  queue: 'apicall',
  body: JSON.stringify(body),
  attributes,
  end,
});
const ofRule = (body: string, attributes: Record<string, string>, end: End): Made => ({
  queue: 'rule',
  body,
  attributes,
  end,
});

/** A request that apicall dead-lettered after its attempts, and that a retry helps. */
const locked: Make = (mark) =>
  ofApiCall(
    create(mark),
    failure('retry-soon', { errorCode: 'UNABLE_TO_LOCK_ROW' }),
    'Redriven__c',
  );

/** Every envelope and every reason; most are requests that a retry helps. */
const makes: readonly Make[] = [
  locked,
  (mark) => ofApiCall(create(mark), failure('configuration'), 'Redriven__c'),
  (mark) => ofApiCall({ ...create(mark), idempotencyKey: mark }, {}, 'Redriven__c'),
  locked,
  (mark) => {
    const requestContext = { requestId: randomUUID(), condition: 'RetriesExhausted' };
    const record = { version: '1.0', requestContext, requestPayload: create(mark) };
    return ofApiCall(record, {}, 'Redriven__c');
  },
  (mark) => ofApiCall(create(mark), failure('permanent-data'), 'PERMANENT'),
  locked,
  (mark) => ofApiCall(create(mark), failure('outcome-unknown'), 'OUTCOME_UNKNOWN'),
  (mark) => {
    const notBefore = new Date(Date.now() + DAY / 2).toISOString();
    return ofApiCall(create(mark), failure('retry-later', { notBefore }), 'waiting');
  },
  (mark) => {
    const Redrive = JSON.stringify({ count: 3, lastAt: new Date(Date.now() - DAY).toISOString() });
    return ofApiCall(create(mark), { ...failure('retry-soon'), Redrive }, 'TOO_MANY_REDRIVES');
  },
  (mark) => {
    const notBefore = new Date(Date.now() + 20 * DAY).toISOString();
    return ofApiCall(create(mark), failure('retry-later', { notBefore }), 'RETENTION_ENDS');
  },
  locked,
  (mark) => {
    const target = rule(`${stack.stackName}-apicall`, queueArn(), 'NO_PERMISSIONS');
    return ofRule(event(REQUEST, create(mark)), target, 'Redriven__c');
  },
  (mark) => {
    const detail = { customerId: mark, contact: { LastName: mark } };
    const exhausted = 'MaximumEventAgeInSeconds';
    const target = rule(`${stack.stackName}-contact`, 'arn:d', 'UNKNOWN', exhausted);
    return ofRule(event('customer', detail), target, 'Contact');
  },
  (mark) => ofRule(event('own', { mark }), rule('own-rule', 'arn:t', 'TIMEOUT'), 'NO_REDRIVE_RULE'),
  (mark) => ofRule(event('own', { mark }), rule('own-rule', 'arn:t', 'INVALID_JSON'), 'PERMANENT'),
  locked,
  (mark) => ({
    queue: 'spill',
    body: JSON.stringify({
      EventBusName: output('EventBusName'),
      Source: 'test',
      DetailType: REQUEST,
      // The bus may take the entry and lose its answer, and take it again: the key makes one effect of both.
      Detail: JSON.stringify({ ...create(mark), idempotencyKey: mark }),
      Resources: [],
      Time: new Date().toISOString(),
    }),
    attributes: failure('publish-failed', { errorCode: 'InternalFailure' }),
    end: 'Redriven__c',
  }),
  (mark) => ({
    queue: 'spill',
    body: `? ${mark} ?`,
    attributes: {},
    end: 'UNKNOWN_ENVELOPE',
  }),
  locked,
];

/** The dot at the end keeps one mark from being the beginning of another. */
const markOf = (run: string, index: number): string => `${run}-${index}.`;

/** `count` messages of every kind. */
export const mixture = (run: string, count: number): DeadLetter[] =>
  Array.from({ length: count }, (_, index) => {
    const mark = markOf(run, index);
    const make = makes[index % makes.length] ?? locked;
    return { ...make(mark), mark };
  });

/** `count` messages that a retry helps. */
export const uniform = (run: string, count: number): DeadLetter[] =>
  Array.from({ length: count }, (_, index) => {
    const mark = markOf(run, index);
    return { ...locked(mark), mark };
  });

/** Puts messages into their queues, as the failures before them would have. */
export async function fill(messages: readonly DeadLetter[]): Promise<void> {
  for (const [queue, some] of Map.groupBy(messages, (message) => message.queue))
    await queues[queue].send(some);
}
