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
  { source, code = 'adapter-process' }: { source: string; code?: ErrorCode },
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
  } as const;
  return outcome.kind === 'success'
    ? { ...attributes, category: 'success', data: successData(outcome.body) }
    : { ...attributes, category: 'error', data: errorData(code, outcome) };
}

/** Whether the policy sends this reply. `error` and `errors` are the same (TriggerMesh's reply events policy). */
export function isWanted({ category }: Reply, policy: ReplyPolicy): boolean {
  if (policy === 'never') return false;
  return policy === 'always' || category === 'error';
}

export const toBusEntry = (reply: Reply): Publishable => ({
  id: reply.id,
  source: reply.source,
  detailType: reply.type,
  detail: JSON.stringify(reply),
  resources: [],
});
