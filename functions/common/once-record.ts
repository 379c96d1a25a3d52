import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** The outcome of a call that took effect, as it is answered again to whoever repeats the request. */
export interface KnownOutcome {
  readonly kind: 'success';
  /** HTTP status. */
  readonly status: number;
  readonly body: unknown;
}

/** What the record of an effect says to whoever asks with a payload. */
export type OnceState =
  | { readonly state: 'done'; readonly outcome: KnownOutcome }
  /** Whoever is at it has this long to end. */
  | { readonly state: 'busy'; readonly waitSeconds: number }
  | { readonly state: 'abandoned' }
  /** The key came before with another payload. */
  | { readonly state: 'reused' };

export type OnceItem = Readonly<Record<string, AttributeValue>>;

interface OpenRecord {
  readonly id: string;
  readonly payloadHash: string;
  readonly owner: string;
  /** End of the time in which the effect counts as being worked on, in milliseconds since 1970. */
  readonly until: string;
}

const DAY_SECONDS = 86_400;

/** DynamoDB items end at 400 KB; a body above this is not kept, and a repeat is answered without it. */
const MAX_OUTCOME_BYTES = 300_000;

export const onceKey = (id: string): Record<string, AttributeValue> => ({ id: { S: id } });

/** When DynamoDB may drop the record. */
export const onceExpiration = (nowMs: number, retentionDays: number): AttributeValue => ({
  N: String(Math.floor(nowMs / 1_000) + retentionDays * DAY_SECONDS),
});

/** The attribute `outcome` of a record that is closed. */
export function onceOutcome(outcome: KnownOutcome): AttributeValue {
  const text = JSON.stringify(outcome);
  if (Buffer.byteLength(text) <= MAX_OUTCOME_BYTES) return { S: text };
  return { S: JSON.stringify({ ...outcome, body: {} }) };
}

/** The record of an effect that is about to be made. */
export const openRecord = (
  { id, payloadHash, owner, until }: OpenRecord,
  expiration: AttributeValue,
): Record<string, AttributeValue> => ({
  ...onceKey(id),
  payloadHash: { S: payloadHash },
  owner: { S: owner },
  inProgressUntil: { N: until },
  expiration,
});

export function readRecord(item: OnceItem, payloadHash: string, nowMs: number): OnceState {
  if (item['payloadHash']?.S !== payloadHash) return { state: 'reused' };
  const outcome = item['outcome']?.S;
  if (outcome !== undefined) return { state: 'done', outcome: JSON.parse(outcome) };
  const leftMs = Number(item['inProgressUntil']?.N) - nowMs;
  return leftMs > 0
    ? { state: 'busy', waitSeconds: Math.ceil(leftMs / 1_000) }
    : { state: 'abandoned' };
}
