import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** Identifies the effect of a request that must happen only once: its idempotency record, and what the request asks for. */
export interface EffectIds {
  readonly effectId: string;
  /** A repeat with another payload is rejected rather than answered. */
  readonly payloadHash: string;
}

/** The outcome of a call that took effect. Every repeat of the request is answered with it. */
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
  | { readonly state: 'expired' }
  /** The key was used before, with another payload. */
  | { readonly state: 'payload-mismatch' };

export type IdempotencyItem = Readonly<Record<string, AttributeValue>>;

interface InProgressRecord extends EffectIds {
  readonly owner: string;
  /** When the record expires, in milliseconds since 1970. */
  readonly until: string;
}

const DAY_SECONDS = 86_400;

/** DynamoDB items hold at most 400 KB. A larger body is not stored, and repeats are answered without it. */
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

/** The record of a request that is about to be made. */
export const inProgressRecord = (
  { effectId, payloadHash, owner, until }: InProgressRecord,
  expiration: AttributeValue,
): Record<string, AttributeValue> => ({
  ...idempotencyRecordKey(effectId),
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
