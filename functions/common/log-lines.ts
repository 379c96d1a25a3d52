/** The types of fields. `error`: a name, a message and a stack, as Powertools writes an error. */
interface FieldTypes {
  readonly text: string;
  readonly number: number;
  readonly boolean: boolean;
  readonly date: Date | string;
  readonly counts: Readonly<Record<string, number>>;
  readonly error: unknown;
}

/**
 * The fields of the log lines, beside `level`, `message`, `timestamp`, `service` and metrics. None holds the content of a
 * message or a secret. docs/observability.md explains them.
 */
export const logFields = {
  action: 'text',
  attempts: 'number',
  busEventId: 'text',
  byReason: 'counts',
  callId: 'text',
  callRequests: 'number',
  class: 'text',
  delaySeconds: 'number',
  delivery: 'text',
  detailType: 'text',
  disposition: 'text',
  dryRun: 'boolean',
  durationMs: 'number',
  effectId: 'text',
  error: 'error',
  errorCode: 'text',
  event: 'text',
  eventId: 'text',
  events: 'number',
  firstMessageId: 'text',
  hook: 'text',
  key: 'text',
  keyDigest: 'text',
  left: 'counts',
  mapping: 'text',
  messageId: 'text',
  messages: 'number',
  object: 'text',
  oldestAt: 'date',
  openUntil: 'date',
  outcome: 'text',
  place: 'text',
  payloadKey: 'text',
  provider: 'text',
  queue: 'text',
  queuedMs: 'number',
  reason: 'text',
  received: 'number',
  recordId: 'text',
  replyId: 'text',
  requestId: 'text',
  resource: 'text',
  result: 'text',
  results: 'counts',
  rule: 'text',
  scope: 'text',
  secretArn: 'text',
  sentEventId: 'text',
  sentMessageId: 'text',
  since: 'date',
  source: 'text',
  status: 'number',
  step: 'text',
  steps: 'text',
  stoppedBy: 'text',
  times: 'number',
  until: 'date',
} as const satisfies Readonly<Record<string, keyof FieldTypes>>;

type Field = keyof typeof logFields;

interface Line {
  /** Fields that every such line has. */
  readonly has: readonly Field[];
  readonly mayHave?: readonly Field[];
}

const eventNames = ['source', 'detailType'] as const;
const requestIds = [
  'eventId',
  'busEventId',
  ...eventNames,
  'messageId',
  'firstMessageId',
  'queuedMs',
  'requestId',
  'delivery',
  'keyDigest',
] as const;
const mappingFields = ['mapping', 'steps', 'step', 'place'] as const;
const dlqIds = [
  'key',
  'firstMessageId',
  'eventId',
  ...eventNames,
  'rule',
  'mapping',
  'class',
] as const;
const retryFields = ['disposition', 'attempts', 'delaySeconds'] as const;
const requestFields = [
  'action',
  'resource',
  'object',
  'recordId',
  'durationMs',
  'callId',
  'callRequests',
] as const;

/**
 * Every log line of the functions, by its message: what they may write, and what a reader of the logs can rely on. The
 * functions use only the types, so that the lists are in no bundle.
 */
export const logLines = {
  // The webhook functions: one line for each webhook.
  'webhook accepted': {
    has: ['provider', 'delivery', 'outcome'],
    mayHave: [
      'hook',
      'event',
      'action',
      ...eventNames,
      'eventId',
      'messageId',
      'payloadKey',
      'errorCode',
      'events',
    ],
  },
  // One for each event of a webhook that carries several, before the line of the webhook.
  'webhook event accepted': {
    has: ['provider', 'delivery', 'outcome'],
    mayHave: [...eventNames, 'eventId', 'messageId', 'payloadKey', 'errorCode'],
  },
  'webhook ignored': {
    has: ['provider', 'delivery', 'reason'],
    mayHave: ['hook', 'event', 'action'],
  },
  'webhook rejected': {
    has: ['provider', 'reason'],
    mayHave: ['delivery', 'hook', 'event', 'action'],
  },
  'webhook not published': {
    has: ['provider', 'error'],
    mayHave: ['delivery', 'hook', 'event', 'action'],
  },
  'webhook secret unusable': { has: ['provider', 'secretArn', 'error'] },
  'webhook secret refreshed': { has: ['provider'] },

  // salesforce-apicall: one line for each request, one for each batch.
  'event enqueued': { has: ['messageId'], mayHave: ['eventId'] },
  'api call succeeded': {
    has: ['status'],
    mayHave: [...requestIds, ...requestFields, ...mappingFields, 'replyId'],
  },
  'api call failed': {
    has: ['class', 'errorCode'],
    mayHave: [
      ...requestIds,
      ...requestFields,
      ...retryFields,
      ...mappingFields,
      'status',
      'replyId',
    ],
  },
  'api call deferred': {
    has: ['reason'],
    mayHave: [...requestIds, ...retryFields, 'mapping', 'steps'],
  },
  // Its event is left alone: no mapping matches it, or it was replaced by one message for each that does.
  'event not mapped': { has: ['reason'], mayHave: [...requestIds] },
  'message dead-lettered': {
    has: ['messageId', 'class', 'errorCode', 'attempts'],
    mayHave: ['effectId'],
  },
  'batch processed': { has: ['messages'], mayHave: ['class'] },
  'requests failed': { has: ['class'] },
  'mapping applied': { has: ['mapping'] },
  'mapping not covered': { has: ['mapping'] },
  'breaker opened': { has: ['reason', 'scope', 'openUntil', 'times'] },
  'breaker open': { has: ['reason', 'scope', 'openUntil', 'times'] },
  // Also by dlq-reprocessor, in each scheduled run.
  'api calls paused': { has: ['since', 'until'] },
  'attempt not counted': { has: ['messageId', 'error'] },
  'breaker state unavailable': { has: ['error'] },
  'idempotency record not closed': { has: ['error'] },
  'message not dead-lettered': { has: ['messageId'] },
  'queue not available': { has: ['error'] },
  'reply not published': { has: ['replyId', 'error'] },
  'retry delay not set': { has: ['messages'] },
  'the password flow ends on 2027-02-20: move to jwt or client_credentials': { has: [] },

  // dlq-reprocessor: one line for each message, for each page, for each queue, and for the command.
  'dead-letter message processed': {
    has: ['queue', 'messageId', 'action', 'result'],
    mayHave: [...dlqIds, 'reason', 'errorCode', 'sentMessageId', 'sentEventId'],
  },
  'dead-letter message not dispatched': {
    has: ['queue', 'messageId', 'action', 'errorCode'],
    mayHave: dlqIds,
  },
  'dead-letter message not deleted': { has: ['messageId', 'errorCode'] },
  'parked message not deleted': { has: ['key', 'error'] },
  'pause ended': { has: ['since', 'until'] },
  'pause not kept': { has: ['error'] },
  'poller stopped again': { has: ['since', 'until'] },
  'page processed': { has: ['queue', 'action', 'messages'], mayHave: ['reason'] },
  'messages parked': { has: ['queue', 'reason'] },
  'queue not counted': { has: ['error'] },
  'queue reprocessed': {
    has: ['queue', 'action', 'received', 'results', 'byReason', 'stoppedBy'],
    mayHave: ['oldestAt', 'left'],
  },
  'command executed': { has: ['action', 'dryRun', 'durationMs'] },
} as const satisfies Readonly<Record<string, Line>>;

export type LogMessage = keyof typeof logLines;

type Lines = { readonly [M in LogMessage]: Line & (typeof logLines)[M] };
type TypeOf<F extends Field> = FieldTypes[(typeof logFields)[F]];

/** The fields of a line, by their types. */
export type LogFields<M extends LogMessage> = {
  readonly [F in Lines[M]['has'][number]]: TypeOf<F>;
} & {
  readonly [F in NonNullable<Lines[M]['mayHave']>[number]]?: TypeOf<F> | undefined;
};
