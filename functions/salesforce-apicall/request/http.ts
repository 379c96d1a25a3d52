import type { LambdaFunctionURLEvent } from 'aws-lambda';
import type { JsonObject } from '#common/json.ts';
import { RequestError } from '../errors.ts';
import { fromBase64, isJsonType, parseJson, rejectUnreadable } from './cloud-event.ts';

export type Headers = Readonly<Record<string, string>>;

const REQUIRED = ['ce-specversion', 'ce-id', 'ce-source', 'ce-type'];

/** Percent-decodes once. The official JavaScript and Go SDKs don't encode: what is no UTF-8 sequence stays as it is. */
const decodeSequences = (text: string): string =>
  text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (sequences) => {
    try {
      return decodeURIComponent(sequences);
    } catch {
      return sequences;
    }
  });

/** As the HTTP binding asks senders to encode: blanks, quotes, percent signs, and everything outside of ASCII. */
const encodeMinimally = (text: string): string =>
  text.replace(/[^\x21\x23\x24\x26-\x7e]+/g, encodeURIComponent);

/**
 * A URI holds percent signs of its own. It is decoded only if the sender encoded it: decoded and encoded again, by one of
 * the two common ways, it is the same.
 */
function decodeUri(text: string): string {
  const decoded = decodeSequences(text);
  const isEncoded = [encodeMinimally, encodeURIComponent].some(
    (encode) => encode(decoded) === text,
  );
  return isEncoded && !/\s/.test(decoded) ? decoded : text;
}

const URIS = ['ce-source', 'ce-dataschema'];

/** "HTTP Header Values" of the CloudEvents HTTP binding: unquoted first, then percent-decoded once. */
function decode(name: string, value: string): string {
  const [, quoted] = /^"((?:[^"\\]|\\.)*)"$/.exec(value) ?? [];
  const text = quoted?.replaceAll(/\\(.)/g, '$1') ?? value;
  return URIS.includes(name) ? decodeUri(text) : decodeSequences(text);
}

/** Headers by their lower-case names, those of a CloudEvent decoded. */
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

/** The event of binary mode, in the JSON format. Its data, if it can't be read, is refused with the event's ids. */
function fromBinary(headers: Headers, text: string): JsonObject {
  const attributes: JsonObject = Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith('ce-') ? [[name.slice('ce-'.length), value]] : [],
    ),
  );
  const { 'content-type': type = 'application/json' } = headers;
  const datacontenttype = isJsonType(type) ? (attributes['datacontenttype'] ?? type) : type;
  const data = text === '' ? undefined : Buffer.from(text).toString('base64');
  return { ...attributes, datacontenttype, data: undefined, data_base64: data };
}

/**
 * The request of an HTTP call, in the form that `toIncomingRequest` takes: a CloudEvent in structured mode (the body is the
 * event), in binary mode (attributes in `ce-` headers, the body is the data), or the body itself.
 *
 * @throws RequestError `request-parsing` for a body or content type that cannot be read, `event-context` for
 *   incomplete headers of a CloudEvent.
 */
export function parseHttp(event: LambdaFunctionURLEvent): unknown {
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
  const structured = parseJson(text);
  if (typeof structured === 'object' && structured !== null && 'specversion' in structured)
    return structured;
  throw new RequestError('event-context', 'event attribute specversion: must be "1.0"');
}
