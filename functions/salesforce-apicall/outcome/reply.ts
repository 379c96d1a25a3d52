import { randomUUID } from 'node:crypto';
import type { Publishable } from '#common/events/publish.ts';
import type { ErrorCode, EventContext } from '../errors.ts';
import { REQUEST_TYPE } from '../request/parse.ts';
import { type Failure, isRetryable, type Outcome } from './failure-class.ts';
import type { ErrorData, Reply } from './reply-schema.ts';

export type { Reply };

const RESPONSE_TYPE = `${REQUEST_TYPE}.response` as const;

export type ReplyPolicy = 'always' | 'error' | 'errors' | 'never';

const errorData = (code: ErrorCode, failure: Failure): ErrorData => ({
  code,
  description: failure.message,
  details: {
    ...(failure.status === undefined ? {} : { status: failure.status }),
    errorCode: failure.errorCode,
    retryable: isRetryable(failure),
    errors: [...failure.errors],
    ...(failure.mapping && { mapping: failure.mapping }),
  },
});

/** `{}` instead of no body, as after a 204. */
const successData = (body: unknown): unknown => (body === undefined || body === '' ? {} : body);

export function toReply(
  context: EventContext,
  outcome: Outcome,
  {
    source,
    code = 'adapter-process',
    mapping,
  }: { source: string; code?: ErrorCode; mapping?: string | undefined },
): Reply {
  const { id, source: processedsource, type, ...stateful } = context;
  const attributes = {
    specversion: '1.0',
    id: randomUUID(),
    source,
    type: RESPONSE_TYPE,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    processedid: id,
    processedsource,
    processedtype: type,
    ...stateful,
    ...(mapping !== undefined && { mapping }),
  } as const;
  return outcome.kind === 'success'
    ? { ...attributes, category: 'success', data: successData(outcome.body) }
    : { ...attributes, category: 'error', data: errorData(code, outcome) };
}

/** Of the events by which dlq-reprocessor announces parked messages. */
const OWN_SOURCE = 'salesforce-eventbridge';

/**
 * Whether an event is a reply, or an announcement: by a rule that sends every event to the queue, a reply to it would cause the
 * next one, without end.
 */
const isOwnEvent = ({ processedsource, processedtype }: Reply): boolean =>
  processedsource === OWN_SOURCE || processedtype.startsWith(RESPONSE_TYPE);

/**
 * Whether the policy sends this reply. `error` and `errors` are the same (TriggerMesh's reply events policy). None sends a reply
 * to an event of this stack's own.
 */
export function isWanted(reply: Reply, policy: ReplyPolicy): boolean {
  const { category } = reply;
  if (policy === 'never' || isOwnEvent(reply)) return false;
  return policy === 'always' || category === 'error';
}

export const toBusEntry = (reply: Reply): Publishable => ({
  id: reply.id,
  source: reply.source,
  detailType: reply.type,
  detail: JSON.stringify(reply),
  resources: [],
});
