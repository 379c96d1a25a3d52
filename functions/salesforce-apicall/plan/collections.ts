import type { ApiCallRequest } from '../request/schema.ts';
import type { Answer } from '../salesforce/call.ts';
import { shortId } from './lanes.ts';
import { resultAnswer } from './results.ts';
import { bodyOf, jsonHeaders } from './single.ts';
import type { ApiCall, Planned } from './types.ts';

type Record_ = Readonly<Record<string, unknown>>;

/** What a collection makes of a request: how it is called, and the record that it puts there. */
export type Member =
  | { readonly verb: 'create' | 'update'; readonly type: string; readonly record: Record_ }
  | {
      readonly verb: 'upsert';
      readonly type: string;
      readonly field: string;
      readonly record: Record_;
    };

const isFields = (value: unknown): value is Record_ =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Fields that a collection takes to name the record or its type: who sends them gets the single call's answer. */
const names = (payload: Record_, ...reserved: string[]): boolean =>
  Object.keys(payload).some((key) => ['attributes', 'id', ...reserved].includes(key.toLowerCase()));

function updateOf(type: string, record: string, payload: Record_): Member | undefined {
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
  if (type === undefined || !isFields(payload)) return undefined;
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
