import { isJsonObject, type JsonObject, textOf } from '#common/json.ts';
import type { ApiCallRequest } from '../request/schema.ts';
import type { ApiResponse } from '../salesforce/client.ts';
import { shortId } from './ordering.ts';
import {
  type ApiCall,
  bodyOf,
  jsonHeaders,
  type PlannedRequest,
  type SharedResponses,
} from './single.ts';

/** A request as a record of a collection call. */
export type CollectionRecord =
  | { readonly verb: 'create' | 'update'; readonly type: string; readonly record: JsonObject }
  | {
      readonly verb: 'upsert';
      readonly type: string;
      readonly field: string;
      readonly record: JsonObject;
    };

/** Whether a payload has fields that identify a record or its type in a collection. Such a request gets a call of its own. */
const hasReserved = (payload: JsonObject, ...reserved: string[]): boolean =>
  Object.keys(payload).some((key) => ['attributes', 'id', ...reserved].includes(key.toLowerCase()));

function updateOf(type: string, record: string, payload: JsonObject): CollectionRecord | undefined {
  const attributes = { type };
  if (shortId(record) !== undefined) {
    if (hasReserved(payload)) return undefined;
    return { verb: 'update', type, record: { attributes, id: record, ...payload } };
  }
  const slash = record.indexOf('/');
  const field = record.slice(0, slash);
  if (slash <= 0 || hasReserved(payload, field.toLowerCase()) || field.toLowerCase() === 'id')
    return undefined;
  const value = record.slice(slash + 1);
  return { verb: 'upsert', type, field, record: { attributes, [field]: value, ...payload } };
}

const isConditional = ({ headers = {} }: ApiCallRequest): boolean =>
  Object.keys(headers).some((name) => /^if-/i.test(name));

/** The object of a request for one of its records; `undefined` for any other request. */
function objectOf(request: ApiCallRequest): string | undefined {
  const { resource, object, query } = request;
  if (resource.toLowerCase() !== 'sobjects' || query !== undefined) return undefined;
  return object === undefined || object.includes('/') || isConditional(request)
    ? undefined
    : object;
}

/**
 * A request as a record of a collection call; `undefined` if only a call of its own does the same: everything but a write
 * of one record, writes with a query or conditional headers, and payloads with fields that a collection reads differently.
 * Deletions too: a collection deletes by id alone, whatever object the request names and the allow-list has checked.
 */
export function toCollectionRecord(request: ApiCallRequest): CollectionRecord | undefined {
  const { action, record } = request;
  const type = objectOf(request);
  const payload = bodyOf(request);
  if (type === undefined || !isJsonObject(payload)) return undefined;
  if (action === 'PATCH' && record !== undefined) return updateOf(type, record, payload);
  if (action !== 'POST' || record !== undefined || hasReserved(payload)) return undefined;
  return { verb: 'create', type, record: { attributes: { type }, ...payload } };
}

/**
 * Objects of the Setup area, which Salesforce doesn't write in one call with others ("Create Records Using sObject
 * Collections", "sObjects That Cannot Be Used Together in DML Operations").
 */
const SETUP_OBJECTS = new Set([
  'fieldpermissions',
  'group',
  'groupmember',
  'objectpermissions',
  'permissionset',
  'permissionsetassignment',
  'permissionsetgroup',
  'queuesobject',
  'setupentityaccess',
  'user',
  'userrole',
  'userterritory2association',
]);

const isSetup = (type: string): boolean => {
  const name = type.toLowerCase();
  return SETUP_OBJECTS.has(name) || name.startsWith('territory');
};

/** Records with the same key may share a call: one verb, one set of headers, setup objects apart, and for upserts one object and field. */
export function collectionKey({ headers = {} }: ApiCallRequest, member: CollectionRecord): string {
  const sorted = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value])
    .sort();
  const target = member.verb === 'upsert' ? [member.type, member.field] : [];
  const names = target.map((name) => name.toLowerCase());
  return JSON.stringify([member.verb, isSetup(member.type), ...names, sorted]);
}

/** Codes for which a single call returns 404 ("Status Codes and Error Responses"). */
const NOT_FOUND = new Set(['NOT_FOUND', 'ENTITY_IS_DELETED', 'INVALID_CROSS_REFERENCE_KEY']);

const statuses = { create: 201, update: 204, upsert: 200 } as const;

function successResponse(verb: CollectionRecord['verb'], { id, created }: JsonObject): ApiResponse {
  const isCreated = verb === 'upsert' && created === true;
  const status = isCreated ? statuses.create : statuses[verb];
  if (status === 204) return { status, headers: {}, body: undefined };
  const body = { id, success: true, errors: [], ...(verb === 'upsert' ? { created } : {}) };
  return { status, headers: {}, body };
}

/** The error code is `statusCode` in a collection's results, `errorCode` in a single call's errors. */
function toSingleError(error: unknown): JsonObject {
  const { statusCode, errorCode, message, fields }: JsonObject = isJsonObject(error) ? error : {};
  const isNamed = Array.isArray(fields) && fields.length > 0;
  return { message, errorCode: errorCode ?? statusCode, ...(isNamed ? { fields } : {}) };
}

/** One result of a collection as the response of a single call: its status and its body. `undefined` for what is no result. */
export function toSingleResponse(
  verb: CollectionRecord['verb'],
  result: unknown,
): ApiResponse | undefined {
  if (!isJsonObject(result) || typeof result['success'] !== 'boolean') return undefined;
  if (result['success']) return successResponse(verb, result);
  const errors = Array.isArray(result['errors']) ? result['errors'].map(toSingleError) : [];
  const isMissing = verb !== 'create' && NOT_FOUND.has(textOf(errors[0]?.['errorCode']));
  return { status: isMissing ? 404 : 400, headers: {}, body: errors };
}

/** "sObject Collections" of the REST API Developer Guide. */
function pathOf(member: CollectionRecord, apiVersion: string): string {
  const path = `/services/data/${apiVersion}/composite/sobjects`;
  if (member.verb !== 'upsert') return path;
  return `${path}/${encodeURIComponent(member.type)}/${encodeURIComponent(member.field)}`;
}

function toResponses(
  { status, body }: ApiResponse,
  members: readonly CollectionRecord[],
): SharedResponses {
  if (status !== 200 || !Array.isArray(body) || body.length !== members.length) return undefined;
  return members.map(({ verb }, index) => toSingleResponse(verb, body[index]));
}

/** A request and its record in a collection call. */
export interface CollectionEntry<Item> {
  readonly item: Item;
  readonly member: CollectionRecord;
}

/** One collection call for requests of one group. Each record succeeds or fails on its own. */
export function collectionCall<Item extends PlannedRequest>(
  [first, ...others]: readonly [CollectionEntry<Item>, ...CollectionEntry<Item>[]],
  apiVersion: string,
): ApiCall<Item> {
  const entries = [first, ...others];
  const members = entries.map(({ member }) => member);
  const records = members.map(({ record }) => record);
  return {
    items: entries.map(({ item }) => item),
    call: {
      method: first.member.verb === 'create' ? 'POST' : 'PATCH',
      path: pathOf(first.member, apiVersion),
      headers: { ...first.item.request.headers, ...jsonHeaders },
      body: JSON.stringify({ allOrNone: false, records }),
    },
    toResponses: (response) => toResponses(response, members),
  };
}
