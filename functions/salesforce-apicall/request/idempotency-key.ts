import { createHash } from 'node:crypto';
import type { EffectIds } from '#common/idempotency-record.ts';
import type { ApiCallRequest } from './schema.ts';

/** Repeating any other action leaves the record as it was after the first time. */
export const isRepeatable = ({ action }: ApiCallRequest): boolean => action !== 'POST';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * The effect of a request that must be made only once; `undefined` for repeatable requests. One event may cause several
 * requests, so its key is scoped by what each of them asks for.
 */
export function effectIds(request: ApiCallRequest, eventKey: string): EffectIds | undefined {
  if (isRepeatable(request)) return undefined;
  const { action, resource, object, record, payload, query, headers } = request;
  return {
    effectId: sha256(JSON.stringify([action, resource, object ?? '', record ?? '', eventKey])),
    payloadHash: sha256(JSON.stringify([payload ?? null, query ?? null, headers ?? null])),
  };
}
