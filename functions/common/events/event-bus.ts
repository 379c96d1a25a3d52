import { setTimeout as delay } from 'node:timers/promises';
import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { abortBefore, awsClientConfig, type BatchItemError, type RemainingMs } from '../aws.ts';

/** An event to publish, in PutEvents' terms. `detail` is JSON text and is published unchanged. */
export interface BusEntry {
  readonly source: string;
  readonly detailType: string;
  readonly detail: string;
  readonly resources: readonly string[];
  /** When the event occurred; by default, now. */
  readonly time?: Date;
}

/** An entry as PutEvents accepts it and as the spill queue stores it (there `Time` is ISO 8601 text). */
export interface PutEventsEntry {
  readonly EventBusName: string;
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
  readonly Resources: string[];
  readonly Time: Date;
}

const TIME_BYTES = 14;

/** An entry's size in bytes, as EventBridge counts it (User Guide, "Calculating PutEvents event entry size"). */
export function entryBytes({ source, detailType, detail, resources }: BusEntry): number {
  return [source, detailType, detail, ...resources].reduce(
    (bytes, text) => bytes + Buffer.byteLength(text),
    TIME_BYTES,
  );
}

/** Fixes `Time` before the first attempt, so that an event keeps it while it waits in the spill queue. */
export function toPutEventsEntry(entry: BusEntry, eventBusName: string): PutEventsEntry {
  return {
    EventBusName: eventBusName,
    Source: entry.source,
    DetailType: entry.detailType,
    Detail: entry.detail,
    Resources: [...entry.resources],
    Time: entry.time ?? new Date(),
  };
}

/** Time reserved for the spill queue in each invocation: to load its client, for one call, and for its retries. */
export const SPILL_RESERVE_MS = 3_000;

const MAX_ATTEMPTS = 3;
const BASE_DELAY_MS = 100;

/** With less time than this left, no further attempt starts. */
const MIN_ATTEMPT_MS = 1_000;

/** PutEvents' error codes per entry that the API reference marks as retryable. */
const RETRYABLE = new Set(['ThrottlingException', 'InternalFailure', 'InternalException']);

/** The id that the event bus gave the event, or why it did not accept the entry. */
export type EntryResult = { readonly eventId: string } | BatchItemError;

/** Puts at most 10 entries on the event bus. Returns one result per entry, in order. Never rejects. */
export type PutEntries = (
  entries: readonly PutEventsEntry[],
  remainingMs: RemainingMs,
) => Promise<EntryResult[]>;

/**
 * Puts events on the bus and checks the result of each entry. Retries throttled and internally failed entries, and only
 * those, with full jitter. If a call fails as a whole, after the SDK's own retries, each of its entries has that error's
 * name as its code, and is retried if that code is retryable. Leaves `reserveMs` of `remainingMs` for what follows: by
 * default, the spill queue.
 */
export function createEventBus({
  client = new EventBridgeClient(awsClientConfig),
  random = Math.random,
  reserveMs = SPILL_RESERVE_MS,
}: {
  client?: EventBridgeClient;
  random?: () => number;
  reserveMs?: number;
} = {}): PutEntries {
  const put: PutEntries = async (entries, remainingMs) => {
    const command = new PutEventsCommand({ Entries: [...entries] });
    try {
      const output = await client.send(command, abortBefore(remainingMs, reserveMs));
      return toResults(entries, output);
    } catch (error) {
      return failAll(entries, error);
    }
  };

  return async (entries, remainingMs) => {
    const results = await put(entries, remainingMs);
    for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt += 1) {
      const retryable = retryableIndexes(results);
      const delayMs = random() * BASE_DELAY_MS * 2 ** attempt;
      const hasTime = remainingMs() > reserveMs + delayMs + MIN_ATTEMPT_MS;
      if (retryable.length === 0 || !hasTime) break;
      await delay(delayMs);
      const subset = retryable.flatMap((index) => entries[index] ?? []);
      const retried = await put(subset, remainingMs);
      retryable.forEach((index, position) => {
        results[index] = retried[position] ?? { errorCode: 'MissingResult' };
      });
    }
    return results;
  };
}

function toResults(
  entries: readonly PutEventsEntry[],
  output: PutEventsCommandOutput,
): EntryResult[] {
  return entries.map((_, index) => {
    const { EventId: eventId, ErrorCode } = output.Entries?.[index] ?? {};
    if (eventId !== undefined && ErrorCode === undefined) return { eventId };
    return { errorCode: ErrorCode ?? 'MissingResult' };
  });
}

function failAll(entries: readonly PutEventsEntry[], error: unknown): EntryResult[] {
  const name = error instanceof Error ? error.name : 'UnknownError';
  return entries.map(() => ({ errorCode: name === 'AbortError' ? 'Timeout' : name }));
}

const retryableIndexes = (results: readonly EntryResult[]): number[] =>
  results.flatMap((result, index) =>
    'errorCode' in result && RETRYABLE.has(result.errorCode) ? [index] : [],
  );
