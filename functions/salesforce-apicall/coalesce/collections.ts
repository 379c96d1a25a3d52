import { isJsonObject, type JsonObject } from '#common/json.ts';
import type { ApiCallRequest } from '../request/schema.ts';
import type { Answer } from '../salesforce/client.ts';
import { shortId } from './ordering.ts';
import { type ApiCall, bodyOf, jsonHeaders, type Planned } from './single.ts';

/** What a collection makes of a request: how it is called, and the record that it puts there. */
export type Member =
  | { readonly verb: 'create' | 'update'; readonly type: string; readonly record: JsonObject }
  | {
      readonly verb: 'upsert';
      readonly type: string;
      readonly field: string;
      readonly record: JsonObject;
    };

/** JsonObject that a collection takes to name the record or its type: who sends them gets the single call's answer. */
const names = (payload: JsonObject, ...reserved: string[]): boolean =>
  Object.keys(payload).some((key) => ['attributes', 'id', ...reserved].includes(key.toLowerCase()));

function updateOf(type: string, record: string, payload: JsonObject): Member | undefined {
  const attributes = { type };
  if (shortId(record) !== undefined) {
    if (names(payload)) return undefined;
    return { verb: 'update', type, record: { attributes, id: record, ...payload } };
  }
  const slash = record.indexOf('/');
  const field = record.slice(0, slash);
  if (slash <= 0 || names(payload, field.toLowerCase()) || field.toLowerCase() === 'id')
    return undefined;
  const value = record.slice(slash + 1);
  return { verb: 'upsert', type, field, record: { attributes, [field]: value, ...payload } };
}

const isConditional = ({ headers = {} }: ApiCallRequest): boolean =>
  Object.keys(headers).some((name) => /^if-/i.test(name));

/** The object whose one record a request is about; `undefined` where it asks for anything else, or for more. */
function objectOf(request: ApiCallRequest): string | undefined {
  const { resource, object, query } = request;
  if (resource.toLowerCase() !== 'sobjects' || query !== undefined) return undefined;
  return object === undefined || object.includes('/') || isConditional(request)
    ? undefined
    : object;
}

/**
 * A request as a member of a collection, or `undefined` where only a call of its own does what it asks: anything but a
 * write of one record of one object, with a query or conditional headers, or with fields that mean more in a collection.
 * Deletions are none: a collection deletes by id alone, whatever object the request names and the allow-list knows.
 */
export function memberOf(request: ApiCallRequest): Member | undefined {
  const { action, record } = request;
  const type = objectOf(request);
  const payload = bodyOf(request);
  if (type === undefined || !isJsonObject(payload)) return undefined;
  if (action === 'PATCH' && record !== undefined) return updateOf(type, record, payload);
  if (action !== 'POST' || record !== undefined || names(payload)) return undefined;
  return { verb: 'create', type, record: { attributes: { type }, ...payload } };
}

/** Members that may share a call: one verb, one set of headers, and for upserts one object and field. */
export function groupOf({ headers = {} }: ApiCallRequest, member: Member): string {
  const sorted = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value])
    .sort();
  const target = member.verb === 'upsert' ? [member.type, member.field] : [];
  return JSON.stringify([member.verb, ...target.map((name) => name.toLowerCase()), sorted]);
}

/** The codes that a single call answers with 404 ("Status Codes and Error Responses"). */
const NOT_FOUND = new Set(['NOT_FOUND', 'ENTITY_IS_DELETED', 'INVALID_CROSS_REFERENCE_KEY']);

const statuses = { create: 201, update: 204, upsert: 200 } as const;

function successAnswer(verb: Member['verb'], { id, created }: JsonObject): Answer {
  const isCreated = verb === 'upsert' && created === true;
  const status = isCreated ? statuses.create : statuses[verb];
  if (status === 204) return { status, headers: {}, body: undefined };
  const body = { id, success: true, errors: [], ...(verb === 'upsert' ? { created } : {}) };
  return { status, headers: {}, body };
}

/** Results name a code `statusCode`; a single call's errors name it `errorCode`. */
function toError(error: unknown): JsonObject {
  const { statusCode, errorCode, message, fields }: JsonObject = isJsonObject(error) ? error : {};
  const isNamed = Array.isArray(fields) && fields.length > 0;
  return { message, errorCode: errorCode ?? statusCode, ...(isNamed ? { fields } : {}) };
}

/** One result of a collection as the answer that a single call would have had: its status and its body. */
export function resultAnswer(verb: Member['verb'], result: unknown): Answer {
  if (!isJsonObject(result)) return { status: 500, headers: {}, body: '' };
  if (result['success'] === true) return successAnswer(verb, result);
  const errors = Array.isArray(result['errors']) ? result['errors'].map(toError) : [];
  const isMissing = verb !== 'create' && NOT_FOUND.has(String(errors[0]?.['errorCode']));
  return { status: isMissing ? 404 : 400, headers: {}, body: errors };
}

/** "sObject Collections" of the REST API Developer Guide. */
function pathOf(member: Member, apiVersion: string): string {
  const path = `/services/data/${apiVersion}/composite/sobjects`;
  if (member.verb !== 'upsert') return path;
  return `${path}/${encodeURIComponent(member.type)}/${encodeURIComponent(member.field)}`;
}

function toAnswers({ status, body }: Answer, members: readonly Member[]): Answer[] | undefined {
  if (status !== 200 || !Array.isArray(body) || body.length !== members.length) return undefined;
  return members.map(({ verb }, index) => resultAnswer(verb, body[index]));
}

/** A request and what it is in a collection. */
export interface Entry<Item> {
  readonly item: Item;
  readonly member: Member;
}

/** One collection call for requests of one group: each record stands or falls on its own. */
export function collectionCall<Item extends Planned>(
  [first, ...others]: readonly [Entry<Item>, ...Entry<Item>[]],
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
    toAnswers: (answer) => toAnswers(answer, members),
  };
}
