import { createHash } from 'node:crypto';
import type { EffectIds } from '#common/idempotency-record.ts';
import type { ApiCallRequest } from './schema.ts';

/** Whether a request has the same effect when it is made twice: any action but POST. */
export const isRepeatable = ({ action }: ApiCallRequest): boolean => action !== 'POST';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Identifies the effect of a request that must be made only once; `undefined` for repeatable requests. One event may cause several
 * requests, so the id includes what each of them changes.
 */
export function effectIds(request: ApiCallRequest, eventKey: string): EffectIds | undefined {
  if (isRepeatable(request)) return undefined;
  const { action, resource, object, record, payload, query, headers } = request;
  return {
    effectId: sha256(JSON.stringify([action, resource, object ?? '', record ?? '', eventKey])),
    payloadHash: sha256(JSON.stringify([payload ?? null, query ?? null, headers ?? null])),
  };
}
