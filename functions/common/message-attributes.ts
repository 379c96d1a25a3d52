import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import { isJsonObject, parseJsonObject, toSqsText } from './json.ts';

/**
 * The two attributes that this stack adds to messages. Their values are JSON objects; both are public contracts.
 *
 * `Failure`: why a message failed. apicall writes it when it dead-letters a request (outcome/dead-letter.ts), and
 * events/spill-queue.ts when the bus did not accept an event. dlq-reprocessor reads it, and removes it in a redrive.
 * - `class`, `errorCode`, `message`, `status`: a class of failure-policy.ts or `publish-failed`; the error, whose message
 *   can quote field values; the HTTP status, if there was a response
 * - `attempts`, `firstAt`, `lastAt`: how often and when it was tried
 * - `notBefore`: when a redrive is due; only for classes with the policy `after back-off`
 * - `callSize`: how many requests could share its API call, if earlier calls failed as a whole
 * - `notMade`: as in `Redrive`
 * - `correlation`: `processedid` and `processedsource` of the request, `replyid`, the first message's `messageId`; of a mapping,
 *   `mapping`, `step`, `item` and `place`; and if the outcome is unknown, `effectId` and `payloadHash` of the idempotency record
 *
 * `Redrive`: links a new message to the one that it replaces. dlq-reprocessor writes it in a redrive (redrive/route.ts);
 * apicall also writes it in messages that were never redriven, when it requeues one (outcome/dead-letter.ts). Both read it.
 * - `count`, `lastAt`: number and time of redrives; 0 after an unpark, absent if only requeued; kept by a requeue
 * - `messageId`: the first message's id, which is the idempotency key of a request that has none of its own
 * - `mapping`: the mapping that failed, which is the only one that the message is for
 * - `callSize`: as in `Failure`; a message that has it starts with a call of at most that size
 * - `notMade`: records of attempts that were not made, which the table could not delete (idempotency-record.ts)
 * - `attemptsOf`, `firstAt`: only from a requeue, which continues the count of attempts; a redrive starts it over
 */
export interface OwnAttribute {
  readonly name: 'Failure' | 'Redrive';
  readonly value: Readonly<Record<string, unknown>>;
}

/** Message attributes of the type String, by name. */
export type StringAttributes = Readonly<Record<string, string>>;

/** Message attributes of any type, as the AWS SDK has them. */
export type MessageAttributes = Readonly<Record<string, MessageAttributeValue>>;

/** SQS's limit (Developer Guide, "Message quotas"). */
export const MAX_ATTRIBUTES = 10;

/** The part of a message's size that attributes count for (Developer Guide, "Amazon SQS message metadata"). */
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

/** Only the attributes of the type String. */
export const stringAttributes = (attributes: MessageAttributes): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([name, { DataType, StringValue }]) =>
      DataType === 'String' && StringValue !== undefined ? [[name, StringValue]] : [],
    ),
  );

/** Like `messageAttributesBytes`, for attributes of the type String. */
export const attributesBytes = (attributes: StringAttributes): number =>
  messageAttributesBytes(toMessageAttributes(attributes));

/** The start of `text`, cut to at most `bytes` as JSON. */
function shorten(text: string, bytes: number): string {
  let kept = text.slice(0, Math.max(0, bytes));
  while (kept !== '' && Buffer.byteLength(toSqsText(JSON.stringify(kept))) - 2 > bytes) {
    kept = kept.slice(0, Math.floor(kept.length * 0.9));
  }
  return kept.toWellFormed();
}

/** Cuts only the value's `message`: a redrive needs everything else. */
function cutToFit(
  { name, value }: OwnAttribute,
  others: StringAttributes,
  maxBytes: number,
): StringAttributes {
  const whole = { ...others, [name]: toSqsText(JSON.stringify(value)) };
  const over = attributesBytes(whole) - maxBytes;
  const { message } = value;
  if (over <= 0 || typeof message !== 'string') return whole;
  const bytesLeft = Buffer.byteLength(toSqsText(JSON.stringify(message))) - 2 - over;
  const cut = { ...value, message: shorten(message, bytesLeft) };
  return { ...others, [name]: toSqsText(JSON.stringify(cut)) };
}

/**
 * Adds an attribute to those of a message. If the sender has used all ten that SQS allows, the last ones are folded into
 * the added one's JSON, under the key `attributes`. Otherwise SQS would reject the message, and with it the reason of the
 * failure. If the message would be too large, the added attribute's `message` is cut. If the sender's attributes do not
 * fit even then, the result is larger than `maxBytes`.
 *
 * @param maxBytes the part of the message's size that the body leaves for attributes.
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

/** `Failure` first: `Redrive` can be folded into it. */
const OWN = ['Failure', 'Redrive'];

/** The attributes as they were before `foldAttributes`: there can be more of them than SQS allows. */
export const unfoldAttributes = (attributes: StringAttributes): Record<string, string> => ({
  ...OWN.reduce(unfoldFrom, attributes),
});
