import { type Fields, isFields } from '#common/fields.ts';
import type { ApiCallRequest } from '../request/schema.ts';
import { shortId } from './lanes.ts';
import { bodyOf } from './single.ts';

/** What a collection makes of a request: how it is called, and the record that it puts there. */
export type Member =
  | { readonly verb: 'create' | 'update'; readonly type: string; readonly record: Fields }
  | {
      readonly verb: 'upsert';
      readonly type: string;
      readonly field: string;
      readonly record: Fields;
    };

/** Fields that a collection takes to name the record or its type: who sends them gets the single call's answer. */
const names = (payload: Fields, ...reserved: string[]): boolean =>
  Object.keys(payload).some((key) => ['attributes', 'id', ...reserved].includes(key.toLowerCase()));

function updateOf(type: string, record: string, payload: Fields): Member | undefined {
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
