import { createHash } from 'node:crypto';
import type { ApiCallRequest } from './schema.ts';

/** Repeating any other action leaves the record as it was after the first time. */
export const isRepeatable = ({ action }: ApiCallRequest): boolean => action !== 'POST';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The same event may ask for several things: the key is scoped by what is asked. */
export const effectId = (
  { action, resource, object, record }: ApiCallRequest,
  eventKey: string,
): string => sha256(JSON.stringify([action, resource, object ?? '', record ?? '', eventKey]));

const payloadHash = ({ payload, query, headers }: ApiCallRequest): string =>
  sha256(JSON.stringify([payload ?? null, query ?? null, headers ?? null]));

/** An effect as the table knows it. */
export interface Effect {
  readonly effectId: string;
  readonly payloadHash: string;
}

export const effectOf = (request: ApiCallRequest, eventKey: string): Effect => ({
  effectId: effectId(request, eventKey),
  payloadHash: payloadHash(request),
});
