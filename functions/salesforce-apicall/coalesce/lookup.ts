import { isJsonObject, type JsonObject, textOf } from '#common/json.ts';
import type { ExternalId } from '../request/external-id.ts';
import type { ApiResponse } from '../salesforce/client.ts';
import { type ApiCall, jsonHeaders, type PlannedRequest, singleCall } from './single.ts';

/** Only `\` and `'` are reserved in a literal ("Quoted String Escape Sequences", SOQL and SOSL Reference). */
const literal = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

/** More than differ only in case: SOQL compares without it, unless the field is unique and case-sensitive. */
const MAX_ROWS = 200;

const queryOf = ({ object, field, value }: ExternalId): string =>
  `SELECT Id, ${field} FROM ${object} WHERE ${field} = ${literal(value.trim())} LIMIT ${MAX_ROWS}`;

/** An id of 15 or 18 characters. */
const ID = /^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/;

const isRow = (value: unknown): value is JsonObject =>
  isJsonObject(value) && ID.test(fieldOf(value, 'Id'));

const fieldOf = (row: JsonObject, name: string): string =>
  textOf(Object.entries(row).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]);

const answer = (status: number, body: unknown): ApiResponse => ({ status, headers: {}, body });

const missing = answer(404, [
  { errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' },
]);

/**
 * A query's response as the one to a request for the record: 404 without one, 300 with several ("sObject Rows by External ID"),
 * and the record's id with one.
 */
function toRecordResponse(
  response: ApiResponse,
  { object, field, value }: ExternalId,
): ApiResponse | undefined {
  if (response.status >= 400) return response;
  const records: unknown = Object(response.body).records;
  if (response.status !== 200 || !Array.isArray(records) || !records.every(isRow)) return undefined;
  const exact = records.filter((row) => fieldOf(row, field) === value.trim());
  const [first, ...others] = exact.length > 0 ? exact : records;
  if (first === undefined) return missing;
  if (others.length > 0)
    return answer(
      300,
      [first, ...others].map((row) => urlOf(object, row)),
    );
  return answer(200, { id: fieldOf(first, 'Id') });
}

const urlOf = (object: string, row: JsonObject): string => `${object}/${fieldOf(row, 'Id')}`;

/** Of an upsert: by id, there is nothing but an update. */
function withoutUpdateOnly({ updateOnly: _, ...query }: Readonly<Record<string, string>>) {
  return Object.keys(query).length > 0 ? query : undefined;
}

/**
 * Looks up the id of a record whose external id no URL carries, then makes the request by that. Two API calls. The record is
 * not created if there is none: an upsert that could create it has its external id in the body.
 */
export function lookupCall<Item extends PlannedRequest>(
  item: Item,
  externalId: ExternalId,
  apiVersion: string,
): ApiCall<Item> {
  const { request } = item;
  const path = `/services/data/${apiVersion}/query?q=${encodeURIComponent(queryOf(externalId))}`;
  return {
    items: [item],
    call: { method: 'GET', path, headers: jsonHeaders },
    toResponses: (response) => [toRecordResponse(response, externalId)],
    follow: ({ body }) => {
      const query = withoutUpdateOnly(request.query ?? {});
      const byId = { ...request, record: String(Object(body).id), query };
      return { ...singleCall({ ...item, request: byId }, apiVersion), items: [item] };
    },
  };
}
