import { createHash } from 'node:crypto';
import { recordKey } from './coalesce/ordering.ts';
import { RequestError } from './errors.ts';
import type { Outcome } from './outcome/failure-class.ts';
import { type AllowLists, requireAllowed } from './request/allow-lists.ts';
import { effectId, isRepeatable } from './request/idempotency-key.ts';
import { type Arrival, requireRequestType } from './request/parse.ts';
import { type ApiCallRequest, parseRequest } from './request/schema.ts';

/** Objects (lower-case) and their external id field for events: a create of one is made an upsert on it. */
export type EventIdFields = ReadonlyMap<string, string>;

export interface Rules {
  readonly allowed: AllowLists;
  readonly eventIdFields: EventIdFields;
}

/** An arrival that is a request, and may be made. */
export interface Understood {
  /** What is sent. */
  readonly request: ApiCallRequest;
  /** What was asked for, where that is something else: a create that is sent as an upsert. */
  readonly asked: ApiCallRequest;
  /** Names the effect: the request's own key, else the event's. */
  readonly eventKey: string;
}

/** Text fields that are external ids hold at most 255 characters ("Custom Field Attributes"). */
const MAX_KEY_LENGTH = 255;

const keyValue = (eventKey: string): string =>
  eventKey.length <= MAX_KEY_LENGTH
    ? eventKey
    : createHash('sha256').update(eventKey).digest('hex');

const names = (payload: ApiCallRequest['payload'], field: string): boolean =>
  Object.keys(Object(payload)).some((key) => key.toLowerCase() === field.toLowerCase());

/** The strong form of one effect per event: Salesforce itself finds the record that the event has made before. */
function toSent(asked: ApiCallRequest, eventKey: string, fields: EventIdFields): ApiCallRequest {
  const { action, resource, object, record, payload } = asked;
  const field = fields.get(object?.toLowerCase() ?? '');
  const isCreate =
    action === 'POST' && resource.toLowerCase() === 'sobjects' && record === undefined;
  if (!isCreate || field === undefined || names(payload, field)) return asked;
  return { ...asked, action: 'PATCH', record: `${field}/${keyValue(eventKey)}` };
}

/** @throws RequestError saying what of the arrival is not as it should be, or not allowed. */
export function understand(arrival: Arrival, { allowed, eventIdFields }: Rules): Understood {
  requireRequestType(arrival);
  const asked = parseRequest(arrival.data);
  requireAllowed(asked, allowed);
  const eventKey = asked.idempotencyKey ?? arrival.eventKey;
  return { request: toSent(asked, eventKey, eventIdFields), asked, eventKey };
}

/** As `understand`, with the refusal as a value. */
export function tryToUnderstand(arrival: Arrival, rules: Rules): Understood | RequestError {
  try {
    return understand(arrival, rules);
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
}

/** Requests of one lane wait for each other: those on one record, and those that are to take effect only once. */
export const laneOf = ({ request, eventKey }: Understood): string | undefined =>
  recordKey(request) ?? (isRepeatable(request) ? undefined : effectId(request, eventKey));

/** The outcome as that of what was asked for: an upsert that stands for a create answers as the create would have. */
export function outcomeOfAsked({ request, asked }: Understood, outcome: Outcome): Outcome {
  if (request === asked || outcome.kind === 'failure') return outcome;
  const { id } = Object(outcome.body);
  return { kind: 'success', status: 201, body: { id, success: true, errors: [] } };
}

const PAIR = /^([A-Za-z]\w*):([A-Za-z]\w*)$/;

/** `Case:EventId__c,Task:EventId__c`: objects and their external id fields for events; empty - none. */
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
