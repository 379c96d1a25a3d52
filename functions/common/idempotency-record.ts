import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { isJsonObject, parseExact } from './json.ts';

/**
 * Identifies what a request changes in Salesforce, which must happen only once. Both are part of the attribute `Failure` of a
 * message with an unknown outcome.
 */
export interface EffectIds {
  /** Id of the idempotency record. */
  readonly effectId: string;
  /** A repeat with another payload is rejected. */
  readonly payloadHash: string;
  /** The event that a mapping makes the request for. The same event may repeat it with another payload: the mapping was corrected. */
  readonly eventId?: string | undefined;
}

/** The outcome of a call that took effect, which every repeat of the request returns. */
export interface CompletedOutcome {
  readonly kind: 'success';
  /** HTTP status. */
  readonly status: number;
  readonly body: unknown;
}

/** What an idempotency record means for a repeat of its request. */
export type IdempotencyState =
  | { readonly state: 'completed'; readonly outcome: CompletedOutcome }
  /** Seconds until the in-progress record expires. */
  | { readonly state: 'in-progress'; readonly waitSeconds: number }
  /** The invocation that made the request has died, so its outcome is unknown. Not the table's TTL, `expiration`. */
  | { readonly state: 'expired' }
  /** The key was used before, with another payload; by which event, if a mapping made the request. */
  | { readonly state: 'payload-mismatch'; readonly eventId: string | undefined };

/**
 * Records in progress of requests that were certainly not made, and that the table did not let go: effect id → `inProgressUntil`.
 * The request's message carries them to the next attempt, which may replace these very records.
 */
export type NotMade = Readonly<Record<string, string>>;

/** What of a message's attribute is such a list; `undefined`: nothing. */
export function notMadeIn(value: unknown): NotMade | undefined {
  if (!isJsonObject(value)) return undefined;
  const texts = Object.entries(value).filter(
    (entry): entry is [string, string] =>
      typeof entry[1] === 'string' && /^\d{1,15}$/.test(entry[1]),
  );
  return texts.length > 0 ? Object.fromEntries(texts) : undefined;
}

export type IdempotencyItem = Readonly<Record<string, AttributeValue>>;

interface InProgressRecord extends EffectIds {
  readonly owner: string;
  /** When the record's state becomes `expired`, in milliseconds since 1970. */
  readonly until: string;
}

const DAY_SECONDS = 86_400;

/** DynamoDB items hold at most 400 KB. A larger body is not stored, and repeats return none. */
const MAX_OUTCOME_BYTES = 300_000;

export const idempotencyRecordKey = (effectId: string): Record<string, AttributeValue> => ({
  id: { S: effectId },
});

/** The TTL attribute: when DynamoDB may delete the record. */
export const recordExpiration = (nowMs: number, retentionDays: number): AttributeValue => ({
  N: String(Math.floor(nowMs / 1_000) + retentionDays * DAY_SECONDS),
});

/** The attribute `outcome` of a completed record. */
export function outcomeAttribute(outcome: CompletedOutcome): AttributeValue {
  const text = JSON.stringify(outcome);
  if (Buffer.byteLength(text) <= MAX_OUTCOME_BYTES) return { S: text };
  return { S: JSON.stringify({ ...outcome, body: {} }) };
}

/** What tells a repeat of the request from another one. */
export const effectAttributes = ({
  payloadHash,
  eventId,
}: Omit<EffectIds, 'effectId'>): Record<string, AttributeValue> => ({
  payloadHash: { S: payloadHash },
  ...(eventId !== undefined && { eventId: { S: eventId } }),
});

/** The item of a request that is about to be made. */
export const inProgressRecord = (
  { effectId, payloadHash, eventId, owner, until }: InProgressRecord,
  expiration: AttributeValue,
): Record<string, AttributeValue> => ({
  ...idempotencyRecordKey(effectId),
  ...effectAttributes({ payloadHash, eventId }),
  owner: { S: owner },
  inProgressUntil: { N: until },
  expiration,
});

const isOutcome = (value: unknown): value is CompletedOutcome =>
  isJsonObject(value) && value['kind'] === 'success' && typeof value['status'] === 'number';

/** Numbers keep their digits, unless the body is nested so deep that it can only be read at the outermost level of a text. */
function parseOutcome(text: string): CompletedOutcome {
  const outcome: CompletedOutcome = JSON.parse(text);
  try {
    const exact = parseExact(text);
    return isOutcome(exact) ? exact : outcome;
  } catch {
    return outcome;
  }
}

export function readRecord(
  item: IdempotencyItem,
  { payloadHash, eventId }: Omit<EffectIds, 'effectId'>,
  nowMs: number,
): IdempotencyState {
  const ofEvent = item['eventId']?.S;
  const isSame = item['payloadHash']?.S === payloadHash;
  const isOwnEvent = eventId !== undefined && eventId === ofEvent;
  if (!(isSame || isOwnEvent)) return { state: 'payload-mismatch', eventId: ofEvent };
  const outcome = item['outcome']?.S;
  if (outcome !== undefined) return { state: 'completed', outcome: parseOutcome(outcome) };
  const leftMs = Number(item['inProgressUntil']?.N) - nowMs;
  return leftMs > 0
    ? { state: 'in-progress', waitSeconds: Math.ceil(leftMs / 1_000) }
    : { state: 'expired' };
}
