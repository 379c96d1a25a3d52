import * as z from 'zod/mini';
import type { DeadLetter, Envelope } from '../dead-letter/dead-letter.ts';
import { factsOf } from '../dead-letter/summary.ts';
import { type ParkReason, parkReasons, type QueueName, queueNames } from '../names.ts';

const date = z.pipe(
  z.string(),
  z.transform((text: string) => new Date(text)),
);

const schema = z.object({
  reason: z.enum(parkReasons),
  why: z.string(),
  parkedAt: date,
  messageId: z.string().check(z.minLength(1)),
  sentAt: date,
  attributes: z.record(z.string(), z.string()),
  typed: z._default(
    z.record(
      z.string(),
      z.object({
        dataType: z.string(),
        text: z.exactOptional(z.string()),
        base64: z.exactOptional(z.string()),
      }),
    ),
    {},
  ),
  queue: z.exactOptional(z.enum(queueNames)),
  body: z.string(),
});

/** A dead letter as the bucket keeps it. */
export interface Parked {
  readonly reason: ParkReason;
  readonly parkedAt: Date;
  readonly letter: DeadLetter;
}

export const PARKED = 'parked/';

/** Where a letter lies: its reason, the day on which it was parked, its id. */
export const parkedKey = (reason: ParkReason, at: Date, messageId: string): string =>
  `${PARKED}${reason}/${at.toISOString().slice(0, 10)}/${messageId}.json`;

export interface ToPark {
  readonly queue: QueueName;
  readonly letter: DeadLetter;
  readonly envelope: Envelope;
  readonly reason: ParkReason;
  readonly why: string;
}

/** The object's text: the message, so that it can be sent back, and what a person wants to know of it. */
export function formatParked({ queue, letter, envelope, reason, why }: ToPark, at: Date): string {
  const { messageId, sentAt, attributes, typed, body } = letter;
  const { eventId, rule } = factsOf(envelope);
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
    attributes,
    typed,
    body,
  });
}

/** `undefined` where the text is not what `formatParked` wrote. */
export function parseParked(text: string): Parked | undefined {
  try {
    const { reason, parkedAt, messageId, sentAt, attributes, typed, body } = schema.parse(
      JSON.parse(text),
    );
    const letter = { messageId, receiptHandle: '', sentAt, attributes, typed, body };
    return { reason, parkedAt, letter };
  } catch {
    return undefined;
  }
}
