import { createHash } from 'node:crypto';
import { apiError } from '../errors.ts';
import type { Row } from '../org/database.ts';
import type { SObjectType } from '../org/schema.ts';
import type { RestRequest, RestResponse } from '../resource.ts';

/** `Tue, 10 Aug 2015 00:00:00 GMT`: whole seconds. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} (GMT|UTC)$/;
const ETAGS = /^\*$|^"[^"]*"(\s*,\s*"[^"]*")*$/;

const etagOf = (row: Row): string =>
  `"${createHash('sha1').update(JSON.stringify(row)).digest('base64')}"`;

const modifiedMs = (row: Row): number => Date.parse(String(row['LastModifiedDate']));

/** The headers of a record that is read: the guide's examples show them for Account, and none for Contact. */
export function conditionHeaders({ name }: SObjectType, row: Row): Record<string, string> {
  if (name !== 'Account') return {};
  return { ETag: etagOf(row), 'Last-Modified': new Date(modifiedMs(row)).toUTCString() };
}

/** @throws ApiError 400 for an unreadable header of a write; on reads, HTTP ignores it. Code and text are guesses. */
function readable({ method, headers }: RestRequest, name: string, form: RegExp) {
  const value = headers[name];
  const isReadable =
    value !== undefined &&
    form.test(value.trim()) &&
    (form !== HTTP_DATE || !Number.isNaN(Date.parse(value)));
  if (isReadable) return value.trim();
  if (value === undefined || method === 'GET' || method === 'HEAD') return undefined;
  throw apiError(400, 'INVALID_HEADER', `The value of the header ${name} is invalid: ${value}`);
}

function hasEtag(list: string, row: Row): boolean {
  // A response that is compressed has an ETag that says so.
  const etags = list.split(/\s*,\s*/).map((etag) => etag.replace(/-gzip"$/, '"'));
  return list === '*' || etags.includes(etagOf(row));
}

/** HTTP dates don't tell two changes in one second apart. */
const isModifiedSince = (date: string, row: Row): boolean =>
  Math.floor(modifiedMs(row) / 1000) * 1000 > Date.parse(date);

/** Whether the record is in the state that the headers ask for: `changed` since, for the If-None and If-Modified ones. */
function stateOf(request: RestRequest, { name }: SObjectType, row: Row) {
  const etagged = name === 'Account';
  const match = etagged ? readable(request, 'if-match', ETAGS) : undefined;
  const noneMatch = etagged ? readable(request, 'if-none-match', ETAGS) : undefined;
  const unmodified = readable(request, 'if-unmodified-since', HTTP_DATE);
  const modified = readable(request, 'if-modified-since', HTTP_DATE);
  return {
    isOutdated:
      (match !== undefined && !hasEtag(match, row)) ||
      (unmodified !== undefined && isModifiedSince(unmodified, row)),
    isUnchanged:
      (noneMatch !== undefined && hasEtag(noneMatch, row)) ||
      (modified !== undefined && !isModifiedSince(modified, row)),
  };
}

const isRead = ({ method }: RestRequest): boolean => method === 'GET' || method === 'HEAD';

/**
 * Applies a request's conditions to the record that it is about ("Conditional Request Headers"): ETags to Account only,
 * dates to the last modified date. Deletions have no conditions.
 *
 * @returns the response 304 of a read of an unchanged record.
 * @throws ApiError 412 (its code is reported for dates, a guess for ETags; its text is a guess), or 400.
 */
export function checkConditions(
  request: RestRequest,
  type: SObjectType,
  row: Row,
): RestResponse | undefined {
  const { isOutdated, isUnchanged } = stateOf(request, type, row);
  if (isUnchanged && isRead(request)) return { status: 304 };
  if (!isOutdated && !isUnchanged) return undefined;
  throw apiError(
    412,
    'ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE_CHECK',
    'The record does not meet the conditions of the request headers',
  );
}
