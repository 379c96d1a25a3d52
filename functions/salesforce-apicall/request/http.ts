import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { isJsonObject, type JsonObject } from '#common/json.ts';
import { RequestError } from '../errors.ts';
import { fromBase64, isJsonType, parseJson, readContext, rejectUnreadable } from './parse.ts';

export type Headers = Readonly<Record<string, string>>;

const REQUIRED = ['ce-specversion', 'ce-id', 'ce-source', 'ce-type'];

/** "HTTP Header Values" of the CloudEvents HTTP binding: unquoted first, then percent-decoded once. */
function decode(name: string, value: string): string {
  const [, quoted] = /^"((?:[^"\\]|\\.)*)"$/.exec(value) ?? [];
  try {
    return decodeURIComponent(quoted?.replaceAll(/\\(.)/g, '$1') ?? value);
  } catch (cause) {
    const message = `header ${name}: must be percent-encoded UTF-8`;
    throw new RequestError('event-context', message, { cause });
  }
}

/**
 * Headers by their lower-case names, those of a CloudEvent decoded.
 *
 * @throws RequestError `event-context` if one cannot be decoded.
 */
export const readHeaders = (headers: Readonly<Record<string, string | undefined>>): Headers =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([given, value]) => {
      const name = given.toLowerCase();
      if (value === undefined) return [];
      return [[name, name.startsWith('ce-') ? decode(name, value) : value]];
    }),
  );

/**
 * Whether the headers are those of a CloudEvent in binary mode.
 *
 * @throws RequestError `event-context` if only some of the required ones are there, naming the others.
 */
export function isBinaryEvent(headers: Headers): boolean {
  const missing = REQUIRED.filter((name) => headers[name] === undefined);
  if (missing.length === 0) return true;
  if (missing.length === REQUIRED.length) return false;
  throw new RequestError('event-context', `missing headers: ${missing.join(', ')}`);
}

/** Names invalid attributes and what was expected, never their values. */
function reasonOf(error: unknown): string {
  const reasons = [Object(error).errors ?? []].flat().flatMap((one) => {
    const { instancePath, message } = Object(one);
    return instancePath ? [`event attribute ${instancePath.slice(1)}: ${message}`] : [];
  });
  return (
    reasons.join('; ') || 'event attributes: must be those of CloudEvents 1.0, named by a-z and 0-9'
  );
}

/** The package rejects one attribute of version 0.3 with an error of another kind. */
const isInvalidEvent = (error: unknown): boolean =>
  error instanceof TypeError && ('errors' in error || error.message.startsWith('cannot set '));

/**
 * The attributes as the `cloudevents` package reads and validates them. It is loaded with the first event over HTTP: batches
 * of the queue don't need it. It generates what is missing, a new id each time, so the required attributes have to be
 * checked before.
 */
async function readAttributes(headers: Headers, body: JsonObject | undefined): Promise<JsonObject> {
  // In a bundle's chunk, the exports of a CommonJS package are under this name only.
  const { CloudEvent, HTTP } = (await import('cloudevents')).default;
  try {
    const event = HTTP.toEvent({ headers, body });
    return { ...new CloudEvent(Array.isArray(event) ? {} : event) };
  } catch (cause) {
    if (!isInvalidEvent(cause)) throw cause;
    throw new RequestError('event-context', reasonOf(cause), { cause });
  }
}

const toFields = (value: unknown): JsonObject =>
  isJsonObject(value) ? value : rejectUnreadable('the request is not a JSON object');

async function fromStructured(headers: Headers, text: string): Promise<JsonObject> {
  const body = toFields(parseJson(text));
  readContext(body);
  const type = { 'content-type': 'application/cloudevents+json' };
  const attributes = await readAttributes({ ...headers, ...type }, body);
  return { ...attributes, data: body['data'], data_base64: body['data_base64'] };
}

const attributesIn = (headers: Headers): JsonObject =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith('ce-') ? [[name.slice('ce-'.length), value]] : [],
    ),
  );

async function fromBinary(headers: Headers, text: string): Promise<JsonObject> {
  readContext(attributesIn(headers));
  const { 'content-type': type = 'application/json', ...others } = headers;
  if (!isJsonType(type)) return rejectUnreadable('content-type: must be application/json');
  const data = text === '' ? undefined : toFields(parseJson(text));
  const json = { ...others, 'content-type': 'application/json' };
  const attributes = await readAttributes(json, undefined);
  return { ...attributes, data, data_base64: undefined };
}

/**
 * The request of an HTTP call, in the form that `toIncomingRequest` takes: a CloudEvent in structured mode (the body is the
 * event), in binary mode (attributes in `ce-` headers, the body is the data), or the body itself.
 *
 * @throws RequestError `request-parsing` for a body or content type that cannot be read, `event-context` for
 *   attributes that are not those of a CloudEvent.
 */
export async function parseHttp(event: LambdaFunctionURLEvent): Promise<unknown> {
  const { body = '', isBase64Encoded } = event;
  const headers = readHeaders(event.headers);
  const text = isBase64Encoded ? fromBase64(body) : body;
  const type = headers['content-type']?.toLowerCase() ?? '';
  if (type.startsWith('application/cloudevents-batch'))
    return rejectUnreadable(
      'content-type: batches of events are not accepted, send each event alone',
    );
  if (!type.startsWith('application/cloudevents'))
    return isBinaryEvent(headers) ? fromBinary(headers, text) : parseJson(text);
  if (!isJsonType(type))
    return rejectUnreadable(
      'content-type: of event formats, application/cloudevents+json is accepted',
    );
  return fromStructured(headers, text);
}
