import type { ApiCallRequest } from './schema.ts';

/** `record` is an id, or `ExternalIdField__c/value`. Only its first slash is a separator: the value may contain more. */
function recordSegments(record: string): string[] {
  const slash = record.indexOf('/');
  return slash < 0 ? [record] : [record.slice(0, slash), record.slice(slash + 1)];
}

/** What follows the resource: the object's segments, then the record's one or two. */
export const pathSegments = ({ object, record }: ApiCallRequest): string[] => [
  ...(object === undefined ? [] : object.split('/')),
  ...(record === undefined ? [] : recordSegments(record)),
];

/** Apex REST has its own root, without a version ("Apex REST"). */
export const isApexRest = (resource: string): boolean => resource.toLowerCase() === 'apexrest';

/**
 * `/services/data/<version>/<resource>/<object>/<record>?query`, for Apex REST `/services/apexrest/<object>/<record>`;
 * each segment is percent-encoded once and on its own.
 */
export function requestPath(request: ApiCallRequest, version: string): string {
  const { resource, query } = request;
  const segments = [...(isApexRest(resource) ? [] : [resource]), ...pathSegments(request)];
  const root = isApexRest(resource) ? ['/services/apexrest'] : ['/services/data', version];
  const path = [...root, ...segments.map(encodeURIComponent)].join('/');
  const search = new URLSearchParams(query ?? {}).toString();
  return search === '' ? path : `${path}?${search}`;
}

/** Cuts at `length` UTF-16 code units, one less if that would split a surrogate pair. */
function cut(text: string, length: number): string {
  const code = text.charCodeAt(length - 1);
  const splitsPair = text.length > length && code >= 0xd800 && code <= 0xdbff;
  return text.slice(0, splitsPair ? length - 1 : length);
}

/** The payload with each text field of `fit` cut to the length given there. Other fields stay. */
export function fitPayload({ payload, fit }: ApiCallRequest): ApiCallRequest['payload'] {
  if (
    fit === undefined ||
    typeof payload !== 'object' ||
    payload === null ||
    Array.isArray(payload)
  ) {
    return payload;
  }
  return Object.fromEntries(
    Object.entries(payload).map(([field, value]) => {
      const length = Object.hasOwn(fit, field) ? fit[field] : undefined;
      return [
        field,
        typeof value === 'string' && length !== undefined ? cut(value, length) : value,
      ];
    }),
  );
}
