import { createHash } from 'node:crypto';
import type { EffectIds } from '#common/idempotency-record.ts';
import { recordKey } from './coalesce/ordering.ts';
import { RequestError } from './errors.ts';
import type { Outcome } from './outcome/failure-class.ts';
import { type AllowLists, requireAllowed } from './request/allow-lists.ts';
import { effectIds } from './request/idempotency-key.ts';
import { type IncomingRequest, requireRequestType } from './request/parse.ts';
import { type ApiCallRequest, parseRequest } from './request/schema.ts';

/** Object (lower case) → its external id field for events: a create of that object is sent as an upsert on the field. */
export type EventIdFields = ReadonlyMap<string, string>;

export interface ResolveRules {
  readonly allowed: AllowLists;
  readonly eventIdFields: EventIdFields;
}

/** A valid request that is allowed. */
export interface ResolvedRequest {
  /** What is sent. */
  readonly request: ApiCallRequest;
  /** As received: a create, if an upsert is sent. Otherwise the same object as `request`. */
  readonly original: ApiCallRequest;
  /** Identifies what must happen only once; `undefined` if `request` is repeatable. */
  readonly effect: EffectIds | undefined;
}

type EventKey = IncomingRequest['eventKey'];

/** Keys that a field compares like any other text, in lower case: an event id field has at least 64 characters. */
const PLAIN_KEY = /^[a-z0-9._:-]{1,64}$/;

/**
 * The value of an event id field. Two keys that differ in case, or in blanks at their ends, are two: what a field might not
 * tell apart is hashed.
 */
function externalId(eventKey: EventKey): string {
  const text = typeof eventKey === 'string' ? eventKey : JSON.stringify(eventKey);
  return PLAIN_KEY.test(text) ? text : createHash('sha256').update(text).digest('hex');
}

const hasField = (payload: ApiCallRequest['payload'], field: string): boolean =>
  Object.keys(Object(payload)).some((key) => key.toLowerCase() === field.toLowerCase());

/** A create with an event id field is sent as an upsert: Salesforce finds the record that the event created before. */
function toSent(
  original: ApiCallRequest,
  eventKey: EventKey,
  fields: EventIdFields,
): ApiCallRequest {
  const { action, resource, object, record, payload } = original;
  const field = fields.get(object?.toLowerCase() ?? '');
  const isCreate =
    action === 'POST' && resource.toLowerCase() === 'sobjects' && record === undefined;
  if (!isCreate || field === undefined || hasField(payload, field)) return original;
  return { ...original, action: 'PATCH', record: `${field}/${externalId(eventKey)}` };
}

function resolve(incoming: IncomingRequest, rules: ResolveRules): ResolvedRequest {
  requireRequestType(incoming);
  const original = parseRequest(incoming.data);
  requireAllowed(original, rules.allowed);
  const eventKey = original.idempotencyKey ?? incoming.eventKey;
  const request = toSent(original, eventKey, rules.eventIdFields);
  return { request, original, effect: effectIds(request, eventKey) };
}

/** The request in an event's data, or why it is not valid or not allowed. */
export function resolveRequest(
  incoming: IncomingRequest,
  rules: ResolveRules,
): ResolvedRequest | RequestError {
  try {
    return resolve(incoming, rules);
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
}

/** Requests with the same key are made one after another: those for one record, and those with the same effect. */
export const orderingKey = ({ request, effect }: ResolvedRequest): string | undefined =>
  recordKey(request) ?? effect?.effectId;

/** The outcome of the original request: an upsert that was sent for a create gets the create's response. */
export function originalOutcome({ request, original }: ResolvedRequest, outcome: Outcome): Outcome {
  if (request === original || outcome.kind === 'failure') return outcome;
  const { id } = Object(outcome.body);
  return { kind: 'success', status: 201, body: { id, success: true, errors: [] } };
}

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
