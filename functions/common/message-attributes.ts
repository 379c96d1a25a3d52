import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import { isJsonObject, parseJsonObject } from './json.ts';

/** The attribute that this stack adds to a message: its name, and the value that is stored as JSON. */
export interface OwnAttribute {
  readonly name: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Message attributes of the type String, by name. */
export type StringAttributes = Readonly<Record<string, string>>;

/** Message attributes of any type, as the AWS SDK has them. */
export type MessageAttributes = Readonly<Record<string, MessageAttributeValue>>;

/** SQS's limit (Developer Guide, "Message quotas"). */
export const MAX_ATTRIBUTES = 10;

/** What attributes count for in a message's size (Developer Guide, "Amazon SQS message metadata"). */
export const messageAttributesBytes = (attributes: MessageAttributes): number =>
  Object.entries(attributes).reduce(
    (bytes, [name, { DataType = '', StringValue = '', BinaryValue }]) =>
      bytes + Buffer.byteLength(name + DataType + StringValue) + (BinaryValue?.byteLength ?? 0),
    0,
  );

export const toMessageAttributes = (
  attributes: StringAttributes,
): Record<string, MessageAttributeValue> =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [
      name,
      { DataType: 'String', StringValue },
    ]),
  );

/** The attributes of the type String alone. */
export const stringAttributes = (attributes: MessageAttributes): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([name, { DataType, StringValue }]) =>
      DataType === 'String' && StringValue !== undefined ? [[name, StringValue]] : [],
    ),
  );

/** As `messageAttributesBytes`, for attributes of the type String. */
export const attributesBytes = (attributes: StringAttributes): number =>
  messageAttributesBytes(toMessageAttributes(attributes));

/** The longest beginning of `text` that is no longer than `bytes` as JSON. */
function shorten(text: string, bytes: number): string {
  let kept = text.slice(0, Math.max(0, bytes));
  while (kept !== '' && Buffer.byteLength(JSON.stringify(kept)) - 2 > bytes) {
    kept = kept.slice(0, Math.floor(kept.length * 0.9));
  }
  return kept.toWellFormed();
}

/** Cuts the value's `message` alone: a redrive needs everything else. */
function cutToFit(
  { name, value }: OwnAttribute,
  others: StringAttributes,
  maxBytes: number,
): StringAttributes {
  const whole = { ...others, [name]: JSON.stringify(value) };
  const over = attributesBytes(whole) - maxBytes;
  const { message } = value;
  if (over <= 0 || typeof message !== 'string') return whole;
  const room = Buffer.byteLength(JSON.stringify(message)) - 2 - over;
  return { ...others, [name]: JSON.stringify({ ...value, message: shorten(message, room) }) };
}

/**
 * Adds an attribute to those of a message. A sender may have used all ten that SQS allows: the last ones then move
 * into the added one's JSON, under the key `attributes`. Without that, SQS would refuse the message with its reason of
 * failure, and the sender's attribute would be lost. Where the message's size is short, the added one's `message` is
 * cut. When the sender's attributes do not fit even so, the result is larger than `maxBytes`.
 *
 * @param maxBytes what SQS leaves for attributes beside the body.
 */
export function foldAttributes(
  original: StringAttributes,
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

function unfoldFrom(attributes: StringAttributes, name: string): StringAttributes {
  const { attributes: folded, ...value } = parseJsonObject(attributes[name] ?? '') ?? {};
  if (!isJsonObject(folded)) return attributes;
  const texts = Object.fromEntries(Object.entries(folded).filter(isText));
  return { ...texts, ...attributes, [name]: JSON.stringify(value) };
}

/** This stack's own attributes. What was folded into the first may be the second. */
const OWN = ['Failure', 'Redrive'];

/** The attributes as they were before `foldAttributes`: there may be more of them than SQS allows. */
export const unfoldAttributes = (attributes: StringAttributes): Record<string, string> => ({
  ...OWN.reduce(unfoldFrom, attributes),
});
