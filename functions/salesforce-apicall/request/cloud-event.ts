import { isUtf8 } from 'node:buffer';
import { isJsonObject, type JsonObject, parseExact, textOf } from '#common/json.ts';
import { type EventContext, RequestError } from '../errors.ts';

/** @throws RequestError `request-parsing`, always. */
export const rejectUnreadable = (message: string): never => {
  throw new RequestError('request-parsing', message);
};

/** A key without a value, as an input transformer leaves it whose path the event does not have. */
const NO_VALUE = /"([A-Za-z]\w{0,79})"[ \t]{0,9}:[ \t\r\n]{0,9}[,}\]]/;

/** A text without quotation marks, as an input transformer writes it whose template has none around a variable. */
const UNQUOTED =
  /"([A-Za-z]\w{0,79})"[ \t]{0,9}:[ \t\r\n]{0,9}(?!true\b|false\b|null\b)[^\s"{[\-\d,}\]]/;

/** The variable `<aws.events.rule-arn>` of an input transformer. Nothing else in a message's text or attributes names its rule. */
const RULE = /:events:[a-z0-9-]+:\d{12}:rule\/([.\-_A-Za-z0-9/]+)/;

/** A bus's name, a slash and a rule's name (EventBridge API Reference, "PutRule"): no more of a message is quoted. */
const MAX_RULE_LENGTH = 256 + 1 + 64;

/** Where a text stops to be JSON, as far as it can be told without quoting its contents. */
function placeOf(text: string, error: unknown): string {
  const [, key] = NO_VALUE.exec(text) ?? [];
  const [, rule] = RULE.exec(text) ?? [];
  const named = rule === undefined ? 'the rule' : `rule ${rule.slice(0, MAX_RULE_LENGTH)}`;
  if (key !== undefined)
    return `, ${key} has no value: does the input transformer of ${named} name a field that the event lacks?`;
  const [, unquoted] = UNQUOTED.exec(text) ?? [];
  if (unquoted !== undefined)
    return `, ${unquoted} has a value without quotation marks: are they in the input transformer of ${named}?`;
  const [, position] = /at position (\d+)/.exec(error instanceof Error ? error.message : '') ?? [];
  const place = position === undefined ? '' : `, from character ${Number(position) + 1} on`;
  return rule === undefined ? place : `${place}: see ${named}`;
}

/**
 * Parses JSON. Numbers that JavaScript would change keep their digits.
 *
 * @throws RequestError `request-parsing` when the text is not JSON.
 */
export function parseJson(text: string): unknown {
  try {
    return parseExact(text);
  } catch (error) {
    if (error instanceof RangeError) return rejectUnreadable('the request is nested too deep');
    return rejectUnreadable(`the request is not JSON${placeOf(text, error)}`);
  }
}

/** @throws RequestError `request-parsing` when the bytes are not UTF-8. */
export function fromBase64(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  return isUtf8(bytes) ? bytes.toString('utf8') : rejectUnreadable('the request is not UTF-8');
}

/** Attributes are copied to replies and dead-letter messages, which must stay within a message's size. */
const MAX_ATTRIBUTE_LENGTH = 1024;

/** `application/json` and any type that ends in `+json`, with or without parameters. */
export function isJsonType(type: string): boolean {
  if (type.length > MAX_ATTRIBUTE_LENGTH) return false;
  const [mediaType = ''] = type.toLowerCase().split(';');
  const [kind, subtype = '', ...others] = mediaType.trim().split('/');
  return kind !== '' && others.length === 0 && (subtype === 'json' || subtype.endsWith('+json'));
}

const PLAIN = /^\P{Cc}+$/u;

const isPlainText = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= MAX_ATTRIBUTE_LENGTH && PLAIN.test(value);

const invalidAttribute = (name: string, expected: string): RequestError =>
  new RequestError('event-context', `event attribute ${name}: ${expected}`);

/**
 * A required attribute of a CloudEvent or of a bus event.
 *
 * @throws RequestError `event-context` if it is missing, empty, too long or contains control characters.
 */
export function requireText(event: JsonObject, name: string): string {
  const value = event[name];
  if (isPlainText(value)) return value;
  const expected = `must be 1 to ${MAX_ATTRIBUTE_LENGTH} characters, no control characters`;
  throw invalidAttribute(name, expected);
}

/** RFC 3339. */
const TIME = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

const isTime = (value: string): boolean =>
  TIME.test(value) && !Number.isNaN(Date.parse(value.slice(0, 10)));

function requireOptional(name: string, value: unknown): void {
  if (!/^[a-z0-9]+$/.test(name))
    throw invalidAttribute(name.slice(0, 100), 'the name must consist of a-z and 0-9');
  if (name === 'time' && !(isPlainText(value) && isTime(value)))
    throw invalidAttribute(name, 'must be a time by RFC 3339, such as 2026-01-31T12:00:00Z');
  if (typeof value === 'object')
    throw invalidAttribute(name, 'must be text, a number or a boolean');
  if (value === '') throw invalidAttribute(name, 'must not be empty');
}

const DATA = ['data', 'data_base64'];

/** In the JSON format, `null` is as good as absent (CloudEvents 1.0, "JSON Event Format", section 2.2). */
const setAttributes = (event: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(event).filter(
      ([name, value]) => value !== undefined && (value !== null || name === 'data'),
    ),
  );

/** @throws RequestError `event-context` if an attribute is not one of CloudEvents 1.0. */
function readContext(event: JsonObject): EventContext {
  if (event['specversion'] !== '1.0') throw invalidAttribute('specversion', 'must be "1.0"');
  const context = {
    id: requireText(event, 'id'),
    source: requireText(event, 'source'),
    type: requireText(event, 'type'),
  };
  for (const [name, value] of Object.entries(event))
    if (!DATA.includes(name)) requireOptional(name, value);
  return { ...context, ...statefulIn(event, requireText) };
}

function statefulIn(event: JsonObject, read: typeof requireText): Partial<EventContext> {
  const names = ['statefulbridge', 'statefulid'].filter((name) => event[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, read(event, name)]));
}

/** Go's CloudEvents SDK, and therefore Knative, encodes data that it holds as bytes in base64. */
function dataOf({ data, data_base64: base64, datacontenttype: type }: JsonObject): unknown {
  if (type !== undefined && !(typeof type === 'string' && isJsonType(type)))
    return rejectUnreadable('datacontenttype, over HTTP content-type: must be application/json');
  if (base64 === undefined) return data;
  if (data !== undefined && data !== null)
    return rejectUnreadable('data, data_base64: only one of them may be there');
  if (typeof base64 !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64))
    return rejectUnreadable('data_base64: must be base64');
  return parseJson(fromBase64(base64));
}

/**
 * A CloudEvent, however it arrived: by the queue, as a bus event's detail, by invocation, or over HTTP.
 *
 * The source is not required to be a URI reference, which Go's SDK doesn't require either.
 *
 * @throws RequestError `event-context` for its attributes, `request-parsing` for its data.
 */
export function readCloudEvent(event: JsonObject): { context: EventContext; data: unknown } {
  const attributes = setAttributes(event);
  return { context: readContext(attributes), data: dataOf(attributes) };
}

/** What can be read of the attributes of an event that is refused. */
export function readableContext(event: unknown, type: string): Partial<EventContext> {
  if (!isJsonObject(event)) return {};
  const known = { id: event['id'], source: event['source'], type: event[type] };
  const stateful = statefulIn(event, (from, name) => textOf(from[name]));
  return Object.fromEntries(
    Object.entries({ ...known, ...stateful }).filter(([, value]) => isPlainText(value)),
  );
}
