import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** The outcome of a call that took effect, as it is answered again to whoever repeats the request. */
export interface CompletedOutcome {
  readonly kind: 'success';
  /** HTTP status. */
  readonly status: number;
  readonly body: unknown;
}

/** What the record of an effect says to whoever asks with a payload. */
export type IdempotencyState =
  | { readonly state: 'completed'; readonly outcome: CompletedOutcome }
  /** Whoever is at it has this long to end. */
  | { readonly state: 'in-progress'; readonly waitSeconds: number }
  | { readonly state: 'expired' }
  /** The key came before with another payload. */
  | { readonly state: 'payload-mismatch' };

export type IdempotencyItem = Readonly<Record<string, AttributeValue>>;

interface InProgressRecord {
  readonly id: string;
  readonly payloadHash: string;
  readonly owner: string;
  /** End of the time in which the effect counts as being worked on, in milliseconds since 1970. */
  readonly until: string;
}

const DAY_SECONDS = 86_400;

/** DynamoDB items end at 400 KB; a body above this is not kept, and a repeat is answered without it. */
const MAX_OUTCOME_BYTES = 300_000;

export const idempotencyRecordKey = (id: string): Record<string, AttributeValue> => ({
  id: { S: id },
});

/** When DynamoDB may drop the record. */
export const recordExpiration = (nowMs: number, retentionDays: number): AttributeValue => ({
  N: String(Math.floor(nowMs / 1_000) + retentionDays * DAY_SECONDS),
});

/** The attribute `outcome` of a record that is closed. */
export function outcomeAttribute(outcome: CompletedOutcome): AttributeValue {
  const text = JSON.stringify(outcome);
  if (Buffer.byteLength(text) <= MAX_OUTCOME_BYTES) return { S: text };
  return { S: JSON.stringify({ ...outcome, body: {} }) };
}

/** The record of an effect that is about to be made. */
export const inProgressRecord = (
  { id, payloadHash, owner, until }: InProgressRecord,
  expiration: AttributeValue,
): Record<string, AttributeValue> => ({
  ...idempotencyRecordKey(id),
  payloadHash: { S: payloadHash },
  owner: { S: owner },
  inProgressUntil: { N: until },
  expiration,
});

export function readRecord(
  item: IdempotencyItem,
  payloadHash: string,
  nowMs: number,
): IdempotencyState {
  if (item['payloadHash']?.S !== payloadHash) return { state: 'payload-mismatch' };
  const outcome = item['outcome']?.S;
  if (outcome !== undefined) return { state: 'completed', outcome: JSON.parse(outcome) };
  const leftMs = Number(item['inProgressUntil']?.N) - nowMs;
  return leftMs > 0
    ? { state: 'in-progress', waitSeconds: Math.ceil(leftMs / 1_000) }
    : { state: 'expired' };
}
