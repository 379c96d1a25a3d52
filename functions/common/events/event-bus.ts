import { setTimeout as delay } from 'node:timers/promises';
import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { abortBefore, awsClientConfig, type BatchItemError, type RemainingMs } from '../aws.ts';
import type { PutEventsEntry } from './entry.ts';
import { SPILL_MS } from './spill-queue.ts';

type Results = (BatchItemError | undefined)[];

const ATTEMPTS = 3;
const BASE_DELAY_MS = 100;

/** Another try is not begun with less time than this. */
const TRY_MS = 1_000;

/** The entry codes of PutEvents that the API reference marks as worth another try. */
const RETRYABLE = new Set(['ThrottlingException', 'InternalFailure', 'InternalException']);

const toResults = (entries: readonly PutEventsEntry[], output: PutEventsCommandOutput): Results =>
  entries.map((_, index) => {
    const result = output.Entries?.[index];
    if (result?.EventId !== undefined && result.ErrorCode === undefined) return undefined;
    return { errorCode: result?.ErrorCode ?? 'MissingResult' };
  });

function refuseAll(entries: readonly PutEventsEntry[], error: unknown): Results {
  const name = error instanceof Error ? error.name : 'UnknownError';
  return entries.map(() => ({ errorCode: name === 'AbortError' ? 'Timeout' : name }));
}

const retryable = (results: Results): number[] =>
  results.flatMap((result, index) => (result && RETRYABLE.has(result.errorCode) ? [index] : []));

/**
 * The event bus, checked entry by entry: throttled and internally failed entries alone are sent again, with full
 * jitter. A call that fails as a whole refuses each of its entries (the SDK has retried it by then). Whatever the bus
 * does, the spill queue's share of `remainingMs` is left over. Never rejects.
 *
 * @returns a function that puts at most 10 entries and answers one result per entry, in order: `undefined` where the
 *   bus took it.
 */
export function eventBus({
  client = new EventBridgeClient(awsClientConfig),
  random = Math.random,
}: {
  client?: EventBridgeClient;
  random?: () => number;
} = {}) {
  const put = async (
    entries: readonly PutEventsEntry[],
    remainingMs: RemainingMs,
  ): Promise<Results> => {
    const command = new PutEventsCommand({ Entries: [...entries] });
    try {
      return toResults(entries, await client.send(command, abortBefore(remainingMs, SPILL_MS)));
    } catch (error) {
      return refuseAll(entries, error);
    }
  };

  return async (entries: readonly PutEventsEntry[], remainingMs: RemainingMs): Promise<Results> => {
    const results = await put(entries, remainingMs);
    for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
      const again = retryable(results);
      const delayMs = random() * BASE_DELAY_MS * 2 ** attempt;
      const hasTime = remainingMs() > SPILL_MS + delayMs + TRY_MS;
      if (again.length === 0 || !hasTime) break;
      await delay(delayMs);
      const subset = again.flatMap((index) => entries[index] ?? []);
      const retried = await put(subset, remainingMs);
      again.forEach((index, position) => {
        results[index] = retried[position];
      });
    }
    return results;
  };
}

export type EventBus = ReturnType<typeof eventBus>;
