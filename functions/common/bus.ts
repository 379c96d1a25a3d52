import { setTimeout as delay } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { awsClientConfig } from './aws-client.ts';
import type { PutEventsEntry } from './entry.ts';

/** Why the bus did not take an entry: PutEvents' code for it, or the name of the error that the call ended with. */
export interface Refusal {
  readonly errorCode: string;
}

/** Puts at most 10 entries; answers one result per entry, in order: `undefined` where the bus took it. */
export type PutEntries = (entries: readonly PutEventsEntry[]) => Promise<(Refusal | undefined)[]>;

const ATTEMPTS = 3;
const BASE_DELAY_MS = 100;

/** The entry codes of PutEvents that the API reference marks as worth another try. */
const RETRYABLE = new Set(['ThrottlingException', 'InternalFailure', 'InternalException']);

const once =
  (client: EventBridgeClient): PutEntries =>
  async (entries) => {
    const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [...entries] }));
    return entries.map((_, index) => {
      const result = Entries[index];
      if (result?.EventId !== undefined && result.ErrorCode === undefined) return undefined;
      return { errorCode: result?.ErrorCode ?? 'MissingResult' };
    });
  };

const refuseAll = (entries: readonly unknown[], error: unknown): Refusal[] =>
  entries.map(() => ({ errorCode: error instanceof Error ? error.name : 'UnknownError' }));

/**
 * The event bus, checked entry by entry: throttled and internally failed entries alone are sent again, with full
 * jitter, while `remainingMs` allows. A call that fails as a whole refuses each of its entries (the SDK has
 * retried it by then). Never rejects.
 */
export function eventBus({
  client = new EventBridgeClient(awsClientConfig),
  random = Math.random,
}: {
  client?: EventBridgeClient;
  random?: () => number;
} = {}) {
  const put = once(client);

  return async (entries: readonly PutEventsEntry[], remainingMs: () => number) => {
    const results: (Refusal | undefined)[] = await put(entries).catch((error) =>
      refuseAll(entries, error),
    );
    for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
      const again = results.flatMap((result, index) =>
        result && RETRYABLE.has(result.errorCode) ? [index] : [],
      );
      const delayMs = random() * BASE_DELAY_MS * 2 ** attempt;
      if (
        again.length === 0 ||
        remainingMs() < delayMs + awsClientConfig.requestHandler.requestTimeout
      )
        break;
      await delay(delayMs);
      const subset = again.flatMap((index) => entries[index] ?? []);
      const retried = await put(subset).catch((error) => refuseAll(subset, error));
      again.forEach((index, position) => {
        results[index] = retried[position];
      });
    }
    return results;
  };
}

export type EventBus = ReturnType<typeof eventBus>;
