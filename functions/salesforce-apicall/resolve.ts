import type { EffectIds } from '#common/idempotency-record.ts';
import { isJsonObject } from '#common/json.ts';
import { sha256 } from '#common/sha256.ts';
import { recordKey } from './coalesce/ordering.ts';
import type { EventIdKey } from './coalesce/single.ts';
import { asRequestError, type RequestError } from './errors.ts';
import { type AllowLists, requireAllowed } from './request/allow-lists.ts';
import { requireSafeRecord } from './request/external-id.ts';
import { effectIds } from './request/idempotency-key.ts';
import { type IncomingRequest, requireRequestType } from './request/parse.ts';
import { type ApiCallRequest, parseRequest } from './request/schema.ts';

/** Object (lower case) → its event id field: unique, so that Salesforce makes one record for an event. */
export type EventIdFields = ReadonlyMap<string, string>;

export interface ResolveRules {
  readonly allowed: AllowLists;
  readonly eventIdFields: EventIdFields;
}

/** A valid request that is allowed. */
export interface ResolvedRequest {
  /** What is sent. */
  readonly request: ApiCallRequest;
  /** As received: without the event id. */
  readonly original: ApiCallRequest;
  readonly eventIdKey?: EventIdKey | undefined;
  /** Identifies what must happen only once; `undefined` if `request` is repeatable. */
  readonly effect: EffectIds | undefined;
  /** Whether an earlier delivery may have made the request. */
  readonly isRedelivered: boolean;
}

type EventKey = IncomingRequest['eventKey'];

/** Keys that a field compares like any other text, in lower case: an event id field has at least 64 characters. */
const PLAIN_KEY = /^[a-z0-9._:-]{1,64}$/;

/**
 * The value of an event id field. Two keys that differ in case, or in blanks at their ends, are two: what a field might not
 * tell apart is hashed.
 */
function eventIdOf(eventKey: EventKey): string {
  const text = typeof eventKey === 'string' ? eventKey : JSON.stringify(eventKey);
  return PLAIN_KEY.test(text) ? text : sha256(text);
}

const hasField = (payload: ApiCallRequest['payload'], field: string): boolean =>
  Object.keys(Object(payload)).some((key) => key.toLowerCase() === field.toLowerCase());

/** The event id of a create, if its object has a field for it and the payload doesn't set that itself. */
function eventIdKeyOf(
  { action, resource, record, payload }: ApiCallRequest,
  eventKey: EventKey,
  field: string | undefined,
): EventIdKey | undefined {
  const isCreate =
    action === 'POST' && resource.toLowerCase() === 'sobjects' && record === undefined;
  if (!isCreate || field === undefined || !isJsonObject(payload) || hasField(payload, field))
    return undefined;
  return { field, key: eventIdOf(eventKey) };
}

function resolve(incoming: IncomingRequest, rules: ResolveRules): ResolvedRequest {
  requireRequestType(incoming);
  const original = parseRequest(incoming.data);
  requireSafeRecord(original);
  requireAllowed(original, rules.allowed);
  const eventKey = original.idempotencyKey ?? incoming.eventKey;
  const { once, eventId } = incoming.mapped ?? {};
  const field = once ?? rules.eventIdFields.get(original.object?.toLowerCase() ?? '');
  const eventIdKey = eventIdKeyOf(original, eventKey, field);
  const ids = effectIds(original, eventKey);
  const effect = ids && eventId !== undefined ? { ...ids, eventId } : ids;
  const isRedelivered = incoming.isRedelivered ?? false;
  if (eventIdKey === undefined) return { request: original, original, effect, isRedelivered };
  const payload = { ...Object(original.payload), [eventIdKey.field]: eventIdKey.key };
  return { request: { ...original, payload }, original, eventIdKey, effect, isRedelivered };
}

/** The request in an event's data, or why it is not valid or not allowed. */
export function resolveRequest(
  incoming: IncomingRequest,
  rules: ResolveRules,
): ResolvedRequest | RequestError {
  try {
    return resolve(incoming, rules);
  } catch (error) {
    return asRequestError(error);
  }
}

/** Requests with the same key are made one after another: those for one record, and those with the same effect. */
export const orderingKey = ({ request, effect }: ResolvedRequest): string | undefined =>
  recordKey(request) ?? effect?.effectId;

const PAIR = /^([A-Za-z]\w*):([A-Za-z]\w*)$/;

/** `Case:EventId__c,Task:EventId__c`: objects and their external id fields for events. An empty value has none. */
export const eventIdFields =
  (name: string) =>
  (environment: Readonly<Record<string, string | undefined>>): EventIdFields => {
    const pairs = (environment[name] ?? '').split(',').filter((pair) => pair.trim() !== '');
    return new Map(
      pairs.map((pair): [string, string] => {
        const [, object, field] = PAIR.exec(pair.trim()) ?? [];
        if (object && field) return [object.toLowerCase(), field];
        throw new Error(`${name} must be written as Object:Field__c, separated by commas`);
      }),
    );
  };
