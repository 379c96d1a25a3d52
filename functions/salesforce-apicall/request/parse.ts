import type { NotMade } from '#common/idempotency-record.ts';
import { isJsonObject, type JsonObject } from '#common/json.ts';
import { type EventContext, RequestError } from '../errors.ts';
import { readableContext, readCloudEvent, rejectUnreadable, requireText } from './cloud-event.ts';

/** A request whose data is not validated yet. */
export interface IncomingRequest {
  /** Whether the request may have been made before, successfully or not. */
  readonly isRedelivered?: boolean;
  /** How many requests may share an API call with this one, if an earlier call failed as a whole. */
  readonly callSize?: number | undefined;
  /** Records in progress of earlier attempts, which were not made. */
  readonly notMade?: NotMade | undefined;
  readonly context: EventContext;
  readonly data: unknown;
  /**
   * The idempotency key, unless the request has one of its own: the same for all retries and redrives. A CloudEvent is
   * identified by source and id together, which a joined text would not tell apart; what a mapping writes, by more (mapping/ports.ts).
   */
  readonly eventKey: string | readonly string[];
  /** Of a bus event whose detail is no CloudEvent with a request: the whole of it. */
  readonly event?: BusEvent;
  /** What only a mapping's request has. */
  readonly mapped?: {
    /** The event id field that its step names. */
    readonly once: string | undefined;
    /** The event that it comes from: another one with the same key must not write something else. */
    readonly eventId: string;
  };
}

/** An event as the bus delivers it: its text attributes are checked. */
export interface BusEvent extends JsonObject {
  readonly id: string;
  readonly source: string;
  readonly 'detail-type': string;
}

export const REQUEST_TYPE = 'io.triggermesh.salesforce.apicall';

const isRequestType = (...types: readonly unknown[]): boolean => types.includes(REQUEST_TYPE);

function fromCloudEvent(event: JsonObject): IncomingRequest {
  const { context, data } = readCloudEvent(event);
  return { context, data, eventKey: [context.source, context.id] };
}

const isCloudEvent = (value: unknown): value is JsonObject =>
  isJsonObject(value) && 'specversion' in value;

function fromBusEvent(event: JsonObject): IncomingRequest {
  const detail = event['detail'];
  if (isCloudEvent(detail) && isRequestType(detail['type'], event['detail-type']))
    return fromCloudEvent(detail);
  const context = {
    id: requireText(event, 'id'),
    source: requireText(event, 'source'),
    type: requireText(event, 'detail-type'),
  };
  const bus = { ...event, id: context.id, source: context.source, 'detail-type': context.type };
  // A CloudEvent that is no request may be one for mappings. It is answered by its own ids.
  const own = isCloudEvent(detail) ? readableContext(detail, 'type') : {};
  return { context: { ...context, ...own }, data: detail, eventKey: context.id, event: bus };
}

/** The context of a bare request, which has none of its own. */
interface BareOrigin {
  readonly id: string;
  readonly source: string;
}

/** As in the request's schema. A longer key is rejected later, and until then not used as an id. */
const MAX_KEY_LENGTH = 512;

const isKey = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= MAX_KEY_LENGTH;

function fromBareRequest(data: JsonObject, { id, source }: BareOrigin): IncomingRequest {
  const named = data['idempotencyKey'];
  const key = isKey(named) ? named : id;
  return { context: { id: key, source, type: REQUEST_TYPE }, data, eventKey: key };
}

function toRequest(value: unknown, origin: BareOrigin): IncomingRequest {
  if (!isJsonObject(value)) return rejectUnreadable('the request is not a JSON object');
  if (isCloudEvent(value)) return fromCloudEvent(value);
  if ('detail-type' in value) return fromBusEvent(value);
  return fromBareRequest(value, origin);
}

/** The id that EventBridge gave an event whose detail is a CloudEvent, which has its own; `undefined` for any other. */
export function busEventIdOf(value: unknown): string | undefined {
  if (!isJsonObject(value) || !isCloudEvent(value['detail'])) return undefined;
  return readableContext(value, 'detail-type').id;
}

/** Of an event that is refused: the CloudEvent's own ids as far as they can be read, else the bus event's, else the origin's. */
function contextOf(value: unknown, { id, source }: BareOrigin): EventContext {
  const isBusEvent = isJsonObject(value) && 'detail-type' in value;
  const detail = isBusEvent && isCloudEvent(value['detail']) ? value['detail'] : undefined;
  return {
    id,
    source,
    type: REQUEST_TYPE,
    ...(isBusEvent ? readableContext(value, 'detail-type') : {}),
    ...readableContext(isCloudEvent(value) ? value : detail, 'type'),
  };
}

/**
 * The request in a parsed body: a CloudEvent, a bus event, or a bare request, distinguished by their required keys.
 *
 * @param origin the context of a bare request.
 * @throws RequestError `request-parsing` or `event-context` naming what is wrong, with the context to reply to.
 */
export function toIncomingRequest(value: unknown, origin: BareOrigin): IncomingRequest {
  try {
    return toRequest(value, origin);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    throw error.about(contextOf(value, origin));
  }
}

/** @throws RequestError `event-context` if the event is of another type. */
export function requireRequestType({ context }: IncomingRequest): void {
  if (context.type === REQUEST_TYPE) return;
  throw new RequestError('event-context', `event type "${context.type}" is not supported`);
}
