import { isJsonObject, parseJsonObject } from './json.ts';

/** The attribute that this stack adds to a message of somebody else's. */
export interface OwnAttribute {
  readonly name: string;
  readonly value: Readonly<Record<string, unknown>>;
}

type Attributes = Readonly<Record<string, string>>;

/** SQS' limit (Developer Guide, "Message quotas"). */
const MAX_ATTRIBUTES = 10;

const TYPE_BYTES = Buffer.byteLength('String');

/** What attributes of the type String count for in a message's size (Developer Guide, "Amazon SQS message metadata"). */
export const attributesBytes = (attributes: Attributes): number =>
  Object.entries(attributes).reduce(
    (bytes, [name, value]) =>
      bytes + Buffer.byteLength(name) + TYPE_BYTES + Buffer.byteLength(value),
    0,
  );

/** The longest beginning of `text` that is no longer than `bytes` as JSON. */
function shorten(text: string, bytes: number): string {
  let kept = text.slice(0, Math.max(0, bytes));
  while (kept !== '' && Buffer.byteLength(JSON.stringify(kept)) - 2 > bytes) {
    kept = kept.slice(0, Math.floor(kept.length * 0.9));
  }
  return kept.toWellFormed();
}

/** The message text alone may be cut: everything else is needed to find the way back. */
function cutToFit({ name, value }: OwnAttribute, others: Attributes, maxBytes: number): Attributes {
  const whole = { ...others, [name]: JSON.stringify(value) };
  const over = attributesBytes(whole) - maxBytes;
  const { message } = value;
  if (over <= 0 || typeof message !== 'string') return whole;
  const room = Buffer.byteLength(JSON.stringify(message)) - 2 - over;
  return { ...others, [name]: JSON.stringify({ ...value, message: shorten(message, room) }) };
}

/**
 * Adds an attribute to those of a message. Where SQS takes no more of them, the last ones move into the added one's
 * JSON, under the key `attributes`; where the message's size is short, the added one's `message` is cut. What came
 * with the message is never lost: when it does not fit even so, the answer is larger than `maxBytes`.
 *
 * @param maxBytes what SQS leaves for attributes beside the body.
 */
export function foldAttributes(
  original: Attributes,
  own: OwnAttribute,
  maxAttributes = MAX_ATTRIBUTES,
  maxBytes = Number.POSITIVE_INFINITY,
): Record<string, string> {
  const others = Object.entries(original).filter(([name]) => name !== own.name);
  const kept = others.slice(0, maxAttributes - 1);
  const folded = others.slice(maxAttributes - 1);
  const value =
    folded.length === 0 ? own.value : { ...own.value, attributes: Object.fromEntries(folded) };
  return { ...cutToFit({ name: own.name, value }, Object.fromEntries(kept), maxBytes) };
}

const isText = (entry: [string, unknown]): entry is [string, string] =>
  typeof entry[1] === 'string';

function unfoldFrom(attributes: Attributes, name: string): Attributes {
  const { attributes: folded, ...value } = parseJsonObject(attributes[name] ?? '') ?? {};
  if (!isJsonObject(folded)) return attributes;
  const texts = Object.fromEntries(Object.entries(folded).filter(isText));
  return { ...texts, ...attributes, [name]: JSON.stringify(value) };
}

/** This stack's own attributes. What was folded into the first may be the second. */
const OWN = ['Failure', 'Redrive'];

/** The attributes as they were before `foldAttributes`: there may be more of them than SQS takes. */
export const unfoldAttributes = (attributes: Attributes): Record<string, string> => ({
  ...OWN.reduce(unfoldFrom, attributes),
});
