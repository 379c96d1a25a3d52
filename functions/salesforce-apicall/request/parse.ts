import { isUtf8 } from 'node:buffer';
import { isJsonObject, type JsonObject, parseExact } from '#common/json.ts';
import { RequestError } from '../errors.ts';

/** @throws RequestError `request-parsing`, always. */
export const rejectUnreadable = (message: string): never => {
  throw new RequestError('request-parsing', message);
};

/**
 * Parses JSON. Numbers that JavaScript would change keep their digits.
 *
 * @throws RequestError `request-parsing` when the text is not JSON.
 */
export function parseJson(text: string): unknown {
  try {
    return parseExact(text);
  } catch (error) {
    const isDeep = error instanceof RangeError;
    return rejectUnreadable(isDeep ? 'the request is nested too deep' : 'the request is not JSON');
  }
}

/** @throws RequestError `request-parsing` when the bytes are not UTF-8. */
export function fromBase64(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  return isUtf8(bytes) ? bytes.toString('utf8') : rejectUnreadable('the request is not UTF-8');
}

/** `application/json` and any type that ends in `+json`, with or without parameters. */
export const isJsonType = (type: string): boolean =>
  /^[^;]+\/(?:[^;]+\+)?json\s*(?:;|$)/i.test(type);

/** The CloudEvents attributes of a request: its reply is correlated by them. */
export interface EventContext {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** TriggerMesh's bridge extensions, copied to the reply. */
  readonly statefulbridge?: string;
  readonly statefulid?: string;
}

/** A request whose data is not validated yet. */
export interface IncomingRequest {
  readonly context: EventContext;
  readonly data: unknown;
  /** The idempotency key, unless the request has one of its own: the same for all retries and redrives. */
  readonly eventKey: string;
}

/** Attributes are copied to replies and dead-letter messages, which must stay within a message's size. */
const MAX_ATTRIBUTE_LENGTH = 1024;

const PLAIN = /^\P{Cc}+$/u;

/**
 * A required attribute of a CloudEvent or of a bus event.
 *
 * @throws RequestError `event-context` if it is missing, empty, too long or contains control characters.
 */
function attribute(event: JsonObject, name: string): string {
  const value = event[name];
  const isText = typeof value === 'string' && value.length <= MAX_ATTRIBUTE_LENGTH;
  if (isText && PLAIN.test(value)) return value;
  throw new RequestError(
    'event-context',
    `event attribute ${name}: must be 1 to ${MAX_ATTRIBUTE_LENGTH} characters, no control characters`,
  );
}

/**
 * The attributes of a CloudEvent.
 *
 * @throws RequestError `event-context` if one is not valid, or the version is not 1.0.
 */
export function readContext(event: JsonObject): EventContext {
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

/** Go's CloudEvents SDK, and therefore Knative, encodes data that it holds as bytes in base64. */
function dataOf({ data, data_base64: base64, datacontenttype: type }: JsonObject): unknown {
  if (type !== undefined && !(typeof type === 'string' && isJsonType(type)))
    return rejectUnreadable('datacontenttype: must be application/json');
  if (base64 === undefined) return data;
  if (data !== undefined)
    return rejectUnreadable('data, data_base64: only one of them may be there');
  if (typeof base64 !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64))
    return rejectUnreadable('data_base64: must be base64');
  return parseJson(fromBase64(base64));
}

/** A structured CloudEvent (CloudEvents 1.0, "JSON Event Format"): of a queue, a bus event's detail or HTTP. */
function fromCloudEvent(event: JsonObject): IncomingRequest {
  const context = readContext(event);
  return { context, data: dataOf(event), eventKey: `${context.source}/${context.id}` };
}

export const REQUEST_TYPE = 'io.triggermesh.salesforce.apicall';

function fromBusEvent(event: JsonObject): IncomingRequest {
  const detail = event['detail'];
  if (isJsonObject(detail) && 'specversion' in detail) return fromCloudEvent(detail);
  const context = {
    id: attribute(event, 'id'),
    source: attribute(event, 'source'),
    type: attribute(event, 'detail-type'),
  };
  return { context, data: detail, eventKey: context.id };
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

/**
 * The request in a parsed body: a CloudEvent, a bus event, or a bare request, distinguished by their required keys.
 *
 * @param origin the context of a bare request.
 * @throws RequestError `request-parsing` or `event-context` naming what is wrong.
 */
export function toIncomingRequest(value: unknown, origin: BareOrigin): IncomingRequest {
  if (!isJsonObject(value)) return rejectUnreadable('the request is not a JSON object');
  if ('specversion' in value) return fromCloudEvent(value);
  if ('detail-type' in value) return fromBusEvent(value);
  return fromBareRequest(value, origin);
}

/** @throws RequestError `event-context` if the event is of another type. */
export function requireRequestType({ context }: IncomingRequest): void {
  if (context.type === REQUEST_TYPE) return;
  throw new RequestError('event-context', `event type "${context.type}" is not supported`);
}
