import pMap from 'p-map';
import {
  abortBefore,
  type BatchItemError,
  putEventsLimits,
  type RemainingMs,
  toBatches,
} from '../aws.ts';
import { integer, readConfig, text } from '../config.ts';
import { PublishError } from '../errors.ts';
import { claimKey, payloadBucket, type StorePayload, toClaimCheck } from './claim-check.ts';
import { type BusEntry, entryBytes, type PutEventsEntry, toPutEventsEntry } from './entry.ts';
import { type EventBus, eventBus } from './event-bus.ts';
import { SPILL_BODY_BYTES, SPILL_MS, type Spill, spillQueue } from './spill-queue.ts';

/** An entry that is ours now: on the bus, or in the spill queue with the bus's code; as it was, or as a claim check. */
export type Taken =
  | { readonly outcome: 'published'; readonly claimCheck: boolean }
  | { readonly outcome: 'spilled'; readonly claimCheck: boolean; readonly errorCode: string };

/** What became of one entry; `failed`: bus and spill queue both refused it. */
export type Published = Taken | { readonly outcome: 'failed'; readonly error: PublishError };

/** `id` names the entry where it has to be stored: `[A-Za-z0-9-]`, unique per event. */
export type Publishable = BusEntry & { readonly id: string };

/** Publishes each entry, whatever its size; never rejects. Answers one result per entry, in order. */
export type Publish = (
  entries: readonly Publishable[],
  remainingMs: RemainingMs,
) => Promise<Published[]>;

export interface PublishDependencies {
  readonly eventBusName: string;
  readonly payloadBucketName: string;
  readonly maxEntryBytes: number;
  readonly putEntries: EventBus;
  readonly spill: Spill;
  readonly store: StorePayload;
}

interface Prepared {
  readonly origin: Publishable;
  readonly entry: PutEventsEntry;
  readonly claimCheck: boolean;
  readonly refusal?: BatchItemError;
}

/** Requests that are under way at the same time: the replies of a whole batch are a hundred. */
const CONCURRENCY = 10;

/** Splits into consecutive requests that PutEvents takes; an entry over the size limit gets a request of its own. */
export const toRequests = <Item>(
  items: readonly Item[],
  bytes: (item: Item) => number,
): Item[][] =>
  // A webhook's one entry needs no measuring: it would be written as JSON once more.
  items.length === 1 ? [[...items]] : toBatches(items, bytes, putEventsLimits);

/** A claim's upload leaves the bus as much time as the spill queue. */
const CLAIM_RESERVE_MS = 2 * SPILL_MS;

async function storeClaim(
  entry: Publishable,
  { payloadBucketName, store }: PublishDependencies,
  options: ReturnType<typeof abortBefore>,
): Promise<BusEntry> {
  const key = await store(claimKey(entry.id, entry.time ?? new Date()), entry.detail, options);
  return toClaimCheck(entry, payloadBucketName, key);
}

/** A claim that could not be stored counts as refused by the bus: the whole entry may still fit the spill queue. */
async function prepare(
  origin: Publishable,
  dependencies: PublishDependencies,
  remainingMs: RemainingMs,
): Promise<Prepared> {
  const { eventBusName, maxEntryBytes } = dependencies;
  const whole = { origin, entry: toPutEventsEntry(origin, eventBusName), claimCheck: false };
  if (entryBytes(origin) <= maxEntryBytes) return whole;
  try {
    const options = abortBefore(remainingMs, CLAIM_RESERVE_MS);
    const pointer = await storeClaim(origin, dependencies, options);
    return { origin, entry: toPutEventsEntry(pointer, eventBusName), claimCheck: true };
  } catch {
    return { ...whole, refusal: { errorCode: 'ClaimCheckFailed' } };
  }
}

/** Escaping may take an entry that the bus would take past what SQS takes: then a pointer to it is spilled. */
async function toSpillable(
  { entry, origin }: Prepared,
  dependencies: PublishDependencies,
  remainingMs: RemainingMs,
) {
  if (Buffer.byteLength(JSON.stringify(entry)) <= SPILL_BODY_BYTES) return entry;
  const options = abortBefore(remainingMs, SPILL_MS / 2);
  return toPutEventsEntry(
    await storeClaim(origin, dependencies, options),
    dependencies.eventBusName,
  );
}

async function keep(
  prepared: Prepared,
  refusal: BatchItemError,
  dependencies: PublishDependencies,
  remainingMs: RemainingMs,
): Promise<Published> {
  try {
    const entry = await toSpillable(prepared, dependencies, remainingMs);
    await dependencies.spill(entry, refusal, remainingMs);
    const claimCheck = entry.DetailType !== prepared.origin.detailType;
    return { outcome: 'spilled', claimCheck, errorCode: refusal.errorCode };
  } catch (cause) {
    const message = `The event bus (${refusal.errorCode}) and the spill queue both refused the event`;
    return { outcome: 'failed', error: new PublishError(message, { cause }) };
  }
}

/** The one way onto the bus: claim check when too large, PutEvents checked by entry, spill queue when refused. */
export function createPublish(dependencies: PublishDependencies): Publish {
  const { putEntries } = dependencies;

  const send = async (
    request: Prepared[],
    remainingMs: RemainingMs,
  ): Promise<(BatchItemError | undefined)[]> => {
    const sendable = request.filter(({ refusal }) => refusal === undefined);
    const results =
      sendable.length > 0
        ? await putEntries(
            sendable.map(({ entry }) => entry),
            remainingMs,
          )
        : [];
    return request.map((prepared) => prepared.refusal ?? results[sendable.indexOf(prepared)]);
  };

  const publishRequest = async (
    request: Prepared[],
    remainingMs: RemainingMs,
  ): Promise<Published[]> => {
    const refusals = await send(request, remainingMs);
    const outcomes = request.map(async (item, index): Promise<Published> => {
      const refusal = refusals[index];
      return refusal
        ? keep(item, refusal, dependencies, remainingMs)
        : { outcome: 'published', claimCheck: item.claimCheck };
    });
    return Promise.all(outcomes);
  };

  return async (entries, remainingMs) => {
    const prepared = await pMap(entries, (entry) => prepare(entry, dependencies, remainingMs), {
      concurrency: CONCURRENCY,
    });
    const requests = toRequests(prepared, ({ entry }) => Buffer.byteLength(JSON.stringify(entry)));
    const published = await pMap(requests, (request) => publishRequest(request, remainingMs), {
      concurrency: CONCURRENCY,
    });
    return published.flat();
  };
}

/**
 * The publish flow wired from the function's environment.
 *
 * @throws ConfigurationError
 */
export function publishFromEnvironment(): Publish {
  const config = readConfig({
    eventBusName: text('EVENT_BUS_NAME'),
    payloadBucketName: text('PAYLOAD_BUCKET_NAME'),
    maxEntryBytes: integer('MAX_ENTRY_BYTES', { fallback: 900_000, min: 1, max: 1_000_000 }),
    spillQueueUrl: text('SPILL_QUEUE_URL'),
  });
  return createPublish({
    ...config,
    putEntries: eventBus(),
    spill: spillQueue(config.spillQueueUrl),
    store: payloadBucket(config.payloadBucketName),
  });
}
