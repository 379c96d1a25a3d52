import type { PutEventsEntry } from '#common/events/event-bus.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from '#common/json.ts';
import type { MessageAttributes } from '#common/message-attributes.ts';
import type { ParkReason } from '../names.ts';

/** A message from a dead-letter queue, the spill queue or the park bucket. */
export interface DeadLetterMessage {
  readonly messageId: string;
  /** What its source deletes it by: SQS's receipt handle, or the key of the parked object. */
  readonly receiptHandle: string;
  readonly body: string;
  /** Unfolded: there may be more than SQS allows. Those of other types than String are passed on as they are. */
  readonly attributes: MessageAttributes;
  /** When it entered its queue. */
  readonly sentAt: Date;
  /** Of a message from the park bucket. */
  readonly parked?: ParkedState;
}

export interface ParkedState {
  readonly key: string;
  readonly at: Date;
  /** Absent where the object is not a parked message. */
  readonly reason?: ParkReason;
  /** The name of the error with which S3 did not return the object. */
  readonly errorCode?: string;
}

/** The attribute `Failure`: why apicall gave up on a request, or why the bus did not accept an event. */
export interface FailureAttribute {
  readonly class: string;
  readonly errorCode: string;
  /** May quote field values. */
  readonly message: string;
  readonly attempts: number;
  readonly notBefore?: Date;
  /** Of the message that failed first: identifies its effect where the request does not. */
  readonly messageId?: string;
  /** Identifies the idempotency record of an effect that may have taken place. */
  readonly effect?: UnknownEffect;
}

export interface UnknownEffect {
  readonly id: string;
  readonly payloadHash: string;
}

/** The attribute `Redrive`: how often the message was redriven, and when last. */
export interface RedriveHistory {
  readonly redrives: number;
  readonly lastAt?: Date;
  /** Of the message that failed first. */
  readonly messageId?: string;
}

/** A PutEvents entry as the spill queue keeps it. */
export interface SpilledEntry extends Omit<PutEventsEntry, 'Time'> {
  /** ISO 8601. */
  readonly Time: string;
}

/** An event that matched a rule and could not be delivered to its target. */
export interface RuleEnvelope {
  readonly kind: 'rule';
  readonly ruleArn: string;
  readonly targetArn: string;
  readonly errorCode: string;
  readonly errorMessage: string;
  /** Tries after the first. */
  readonly retries: number;
  /** The condition of the retry policy that was exhausted; absent when EventBridge did not retry. */
  readonly exhausted: string | undefined;
  /** The JSON text of the event that matched the rule, byte for byte. */
  readonly event: string;
  readonly content: JsonObject;
  readonly history: RedriveHistory;
}

/** A request that apicall gave up on, or that crashed it. */
export interface RequestEnvelope {
  readonly kind: 'request';
  /** Absent where the function crashed or timed out. */
  readonly failure: FailureAttribute | undefined;
  /** The JSON text of the request, byte for byte. */
  readonly body: string;
  /** Absent where the body is not a JSON object. */
  readonly content: JsonObject | undefined;
  readonly history: RedriveHistory;
}

/** An entry that the bus did not accept. */
export interface EntryEnvelope {
  readonly kind: 'entry';
  readonly entry: SpilledEntry;
  readonly failure: FailureAttribute;
  readonly history: RedriveHistory;
}

interface UnknownEnvelope {
  readonly kind: 'unknown';
  readonly history: RedriveHistory;
}

/** What a message holds, classified by its shape, not by its queue. */
export type Envelope = RuleEnvelope | RequestEnvelope | EntryEnvelope | UnknownEnvelope;

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

export const dateOf = (value: unknown): Date | undefined => {
  const date = typeof value === 'string' ? new Date(value) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
};

export const countOf = (value: unknown): number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 0;

function effectOf({ effectId, payloadHash }: Record<string, unknown>): UnknownEffect | undefined {
  const id = textOf(effectId);
  const hash = textOf(payloadHash);
  return id === undefined || hash === undefined ? undefined : { id, payloadHash: hash };
}

/** Parses the attribute `Failure`; `undefined` where it is absent or not a JSON object. */
export function parseFailure(text: string | undefined): FailureAttribute | undefined {
  const fields = parseJsonObject(text ?? '');
  if (fields === undefined) return undefined;
  const notBefore = dateOf(fields['notBefore']);
  const correlation = isJsonObject(fields['correlation']) ? fields['correlation'] : {};
  const messageId = textOf(correlation['messageId']);
  const effect = effectOf(correlation);
  return {
    class: textOf(fields['class']) ?? '',
    errorCode: textOf(fields['errorCode']) ?? '',
    message: textOf(fields['message']) ?? '',
    attempts: countOf(fields['attempts']),
    ...(notBefore && { notBefore }),
    ...(messageId && { messageId }),
    ...(effect && { effect }),
  };
}

/** Parses the attribute `Redrive`; no redrives where it is absent or not a JSON object. */
export function parseHistory(text: string | undefined): RedriveHistory {
  const { count, lastAt: last, messageId: first } = parseJsonObject(text ?? '') ?? {};
  const lastAt = dateOf(last);
  const messageId = textOf(first);
  return { redrives: countOf(count), ...(lastAt && { lastAt }), ...(messageId && { messageId }) };
}
