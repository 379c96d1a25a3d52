import type { ApiCallRequest } from './schema.ts';

/** `record` is an id, or `ExternalIdField__c/value`: only its first slash separates. */
function recordSegments(record: string): string[] {
  const slash = record.indexOf('/');
  return slash < 0 ? [record] : [record.slice(0, slash), record.slice(slash + 1)];
}

/** Apex REST has a root of its own, without a version ("Apex REST"). */
const isApexRest = (resource: string): boolean => resource.toLowerCase() === 'apexrest';

/**
 * `/services/data/<version>/<resource>/<object>/<record>?query`, for Apex REST `/services/apexrest/<object>/<record>`;
 * each segment percent-encoded once and on its own.
 */
export function requestPath(
  { resource, object, record, query }: ApiCallRequest,
  version: string,
): string {
  const segments = [
    ...(isApexRest(resource) ? [] : [resource]),
    ...(object === undefined ? [] : object.split('/')),
    ...(record === undefined ? [] : recordSegments(record)),
  ];
  const root = isApexRest(resource) ? ['/services/apexrest'] : ['/services/data', version];
  const path = [...root, ...segments.map(encodeURIComponent)].join('/');
  const search = new URLSearchParams(query ?? {}).toString();
  return search === '' ? path : `${path}?${search}`;
}
