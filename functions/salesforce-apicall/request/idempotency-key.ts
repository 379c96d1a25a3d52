import type { EffectIds } from '#common/idempotency-record.ts';
import { isJsonObject } from '#common/json.ts';
import { sha256 } from '#common/sha256.ts';
import type { IncomingRequest } from './parse.ts';
import type { ApiCallRequest } from './schema.ts';

/** Whether a request has the same effect when it is made twice: any action but POST. */
export const isRepeatable = ({ action }: ApiCallRequest): boolean => action !== 'POST';

/** JSON text with the keys of every object in order, so that equal values have equal texts. */
function canonicalJson(value: unknown): string {
  if (!isJsonObject(value))
    return Array.isArray(value) ? `[${value.map(canonicalJson).join()}]` : JSON.stringify(value);
  const members = Object.keys(value)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${members.join()}}`;
}

/** Names of headers have no case ("HTTP Semantics", RFC 9110). */
const withoutCase = (headers: ApiCallRequest['headers']) =>
  headers &&
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/**
 * Identifies the effect of a request that must be made only once; `undefined` for repeatable requests. One event may cause several
 * requests, so the id includes what each of them changes. Salesforce compares names of resources and objects without case.
 */
export function effectIds(
  request: ApiCallRequest,
  eventKey: IncomingRequest['eventKey'],
): EffectIds | undefined {
  if (isRepeatable(request)) return undefined;
  const { action, resource, object, record, payload, query, headers } = request;
  return {
    effectId: sha256(
      JSON.stringify([
        action,
        resource.toLowerCase(),
        object?.toLowerCase() ?? '',
        record ?? '',
        eventKey,
      ]),
    ),
    payloadHash: sha256(
      canonicalJson([payload ?? null, query ?? null, withoutCase(headers) ?? null]),
    ),
  };
}
