import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import {
  type MessageAttributes,
  stringAttributes,
  toMessageAttributes,
} from '#common/message-attributes.ts';
import {
  type DeadLetterMessage,
  dateOf,
  type Envelope,
  type QueueName,
  queueNames,
} from '../dead-letter/message.ts';
import type { MessageFacts } from '../report.ts';
import { type ParkReason, parkReasons } from './reasons.ts';

const date = z.pipe(
  z.string().check(z.refine((text) => dateOf(text) !== undefined)),
  z.transform((text: string) => new Date(text)),
);

/** An attribute that is not a String: a Number, or bytes in base64. */
const typedAttribute = z.object({
  dataType: z.string(),
  text: z.exactOptional(z.string()),
  base64: z.exactOptional(z.string()),
});

type TypedAttribute = z.infer<typeof typedAttribute>;

const schema = z.object({
  reason: z.enum(parkReasons),
  why: z.string(),
  parkedAt: date,
  messageId: z.string().check(z.minLength(1)),
  sentAt: date,
  attributes: z.record(z.string(), z.string()),
  typed: z._default(z.record(z.string(), typedAttribute), {}),
  queue: z.exactOptional(z.enum(queueNames)),
  droppedAt: z.exactOptional(date),
  dropReason: z.exactOptional(z.string()),
  droppedBy: z.exactOptional(z.string()),
  body: z.string(),
});

export const PARKED = 'parked/';

/** The records of dropped messages: the bucket deletes them after 90 days (template.yaml). */
export const DROPPED = 'dropped/';

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/** The key of a parked message: its reason, the UTC day on which it was parked, its id. */
export const parkedKey = (reason: ParkReason, at: Date, messageId: string): string =>
  `${PARKED}${reason}/${dayOf(at)}/${messageId}.json`;

/** The key of the record of a dropped message: the UTC day on which it was dropped, its id. */
export const droppedKey = (at: Date, messageId: string): string =>
  `${DROPPED}${dayOf(at)}/${messageId}.json`;

interface Drop {
  readonly droppedAt: Date;
  readonly dropReason: string | undefined;
  readonly droppedBy: string | undefined;
}

interface ToPark {
  readonly queue: QueueName | undefined;
  readonly message: DeadLetterMessage;
  readonly envelope: Envelope;
  readonly facts: MessageFacts;
  readonly reason: ParkReason;
  readonly why: string;
}

const toTyped = (value: MessageAttributeValue): TypedAttribute => ({
  dataType: value.DataType ?? '',
  ...(value.StringValue !== undefined && { text: value.StringValue }),
  ...(value.BinaryValue && { base64: Buffer.from(value.BinaryValue).toString('base64') }),
});

const fromTyped = ({ dataType, text, base64 }: TypedAttribute): MessageAttributeValue => ({
  DataType: dataType,
  ...(text !== undefined && { StringValue: text }),
  ...(base64 !== undefined && { BinaryValue: Buffer.from(base64, 'base64') }),
});

const mapValues = <From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));

const typedAttributes = (attributes: MessageAttributes): Record<string, MessageAttributeValue> =>
  Object.fromEntries(
    Object.entries(attributes).filter(([, { DataType }]) => DataType !== 'String'),
  );

/**
 * The text of the object: the message, complete enough to redrive it, and its facts for operators.
 *
 * @param drop makes it the record of a dropped message.
 */
export function formatParked(parked: ToPark, at: Date, drop?: Drop): string {
  const { queue, message, envelope, facts, reason, why } = parked;
  const { messageId, sentAt, attributes, body } = message;
  const { eventId, rule } = facts;
  return JSON.stringify({
    reason,
    why,
    parkedAt: at,
    queue,
    kind: envelope.kind,
    eventId,
    rule,
    history: envelope.history,
    messageId,
    sentAt,
    attributes: stringAttributes(attributes),
    typed: mapValues(typedAttributes(attributes), toTyped),
    body,
    ...drop,
  });
}

/** Parses the text of an object, parked or dropped; `undefined` if it is not what `formatParked` writes. */
export function parseParked(key: string, text: string): DeadLetterMessage | undefined {
  try {
    const { reason, why, parkedAt, queue, typed, ...parsed } = schema.parse(JSON.parse(text));
    const { droppedAt, dropReason, droppedBy } = parsed;
    const { messageId, sentAt, body } = parsed;
    const attributes = {
      ...mapValues(typed, fromTyped),
      ...toMessageAttributes(parsed.attributes),
    };
    const parked = {
      key,
      reason,
      why,
      at: parkedAt,
      ...(queue && { queue }),
      ...(droppedAt && { dropped: { at: droppedAt, reason: dropReason, by: droppedBy } }),
    };
    return { messageId, receiptHandle: key, sentAt, body, attributes, parked };
  } catch {
    return undefined;
  }
}
