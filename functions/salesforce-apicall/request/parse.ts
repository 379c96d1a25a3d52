import { isUtf8 } from 'node:buffer';
import { isJsonObject, type JsonObject, parseExact } from '#common/json.ts';
import { RequestError } from '../errors.ts';

/** Refuses what cannot be read as a request at all. */
export const unreadable = (message: string): never => {
  throw new RequestError('request-parsing', message);
};

/**
 * Numbers that JavaScript would change keep their digits.
 *
 * @throws RequestError `request-parsing` when the text is not JSON.
 */
export function parseJson(text: string): unknown {
  try {
    return parseExact(text);
  } catch (error) {
    const isDeep = error instanceof RangeError;
    return unreadable(isDeep ? 'the request is nested too deep' : 'the request is not JSON');
  }
}

/** @throws RequestError `request-parsing` when the bytes are not UTF-8. */
export function fromBase64(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  return isUtf8(bytes) ? bytes.toString('utf8') : unreadable('the request is not UTF-8');
}

/** `application/json` and every type that ends in `+json`, with or without parameters. */
export const isJsonType = (type: string): boolean =>
  /^[^;]+\/(?:[^;]+\+)?json\s*(?:;|$)/i.test(type);

/** Who asks, in CloudEvents' words: what a reply is correlated by. */
export interface Context {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** TriggerMesh's bridge extensions, copied to the reply. */
  readonly statefulbridge?: string;
  readonly statefulid?: string;
}

/** A request as it arrived: its data is not yet looked at. */
export interface Arrival {
  readonly context: Context;
  readonly data: unknown;
  /** Names the event for the once-only guard when the request names none: stable over retries and redrives. */
  readonly eventKey: string;
}

/** Attributes go back in replies and dead letters, which have to stay within a message's size. */
const MAX_ATTRIBUTE_LENGTH = 1024;

const PLAIN = /^\P{Cc}+$/u;

/**
 * A required attribute of a CloudEvent or of a bus event.
 *
 * @throws RequestError `event-context` when it is missing, empty, too long or holds control characters.
 */
export function attribute(event: JsonObject, name: string): string {
  const value = event[name];
  const isText = typeof value === 'string' && value.length <= MAX_ATTRIBUTE_LENGTH;
  if (isText && PLAIN.test(value)) return value;
  throw new RequestError(
    'event-context',
    `event attribute ${name}: must be 1 to ${MAX_ATTRIBUTE_LENGTH} characters, no control characters`,
  );
}

/** What the event says of itself, as `attribute` checks it, and that its version is the one that is read here. */
export function contextOf(event: JsonObject): Context {
  if (event['specversion'] !== '1.0')
    throw new RequestError('event-context', 'event attribute specversion: must be "1.0"');
  const { statefulbridge, statefulid } = event;
  return {
    id: attribute(event, 'id'),
    source: attribute(event, 'source'),
    type: attribute(event, 'type'),
    ...(statefulbridge === undefined ? {} : { statefulbridge: attribute(event, 'statefulbridge') }),
    ...(statefulid === undefined ? {} : { statefulid: attribute(event, 'statefulid') }),
  };
}

/** Go's CloudEvents SDK, and so Knative, writes data that it holds as bytes in base64. */
function dataOf({ data, data_base64: base64, datacontenttype: type }: JsonObject): unknown {
  if (type !== undefined && !(typeof type === 'string' && isJsonType(type)))
    return unreadable('datacontenttype: must be application/json');
  if (base64 === undefined) return data;
  if (data !== undefined) return unreadable('data, data_base64: only one of them may be there');
  if (typeof base64 !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64))
    return unreadable('data_base64: must be base64');
  return parseJson(fromBase64(base64));
}

/** A structured CloudEvent (CloudEvents 1.0, "JSON Event Format"): from a queue, a bus event's detail or HTTP. */
export function fromCloudEvent(event: JsonObject): Arrival {
  const context = contextOf(event);
  return { context, data: dataOf(event), eventKey: `${context.source}/${context.id}` };
}

export const REQUEST_TYPE = 'io.triggermesh.salesforce.apicall';

function fromBusEvent(event: JsonObject): Arrival {
  const detail = event['detail'];
  if (isJsonObject(detail) && 'specversion' in detail) return fromCloudEvent(detail);
  const context = {
    id: attribute(event, 'id'),
    source: attribute(event, 'source'),
    type: attribute(event, 'detail-type'),
  };
  return { context, data: detail, eventKey: context.id };
}

/** Where a bare request comes from, which says nothing of itself. */
export interface BareOrigin {
  readonly id: string;
  readonly source: string;
}

/** As the request's schema has it. A longer key is refused later and names nothing: it could be of any length. */
const MAX_KEY_LENGTH = 512;

const isKey = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= MAX_KEY_LENGTH;

function fromBareRequest(data: JsonObject, { id, source }: BareOrigin): Arrival {
  const named = data['idempotencyKey'];
  const key = isKey(named) ? named : id;
  return { context: { id: key, source, type: REQUEST_TYPE }, data, eventKey: key };
}

/** Tells the forms apart by what each of them must have. A bare request has none of it. */
export function toArrival(value: unknown, origin: BareOrigin): Arrival {
  if (!isJsonObject(value)) return unreadable('the request is not a JSON object');
  if ('specversion' in value) return fromCloudEvent(value);
  if ('detail-type' in value) return fromBusEvent(value);
  return fromBareRequest(value, origin);
}

/** @throws RequestError `event-context` when the event is of a type that this function does not answer. */
export function requireRequestType({ context }: Arrival): void {
  if (context.type === REQUEST_TYPE) return;
  throw new RequestError('event-context', `event type "${context.type}" is not supported`);
}
