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
import { claimKey, createPayloadBucket, type StorePayload, toClaimCheck } from './claim-check.ts';
import {
  type BusEntry,
  createEventBus,
  entryBytes,
  type PutEntries,
  type PutEventsEntry,
  SPILL_RESERVE_MS,
  toPutEventsEntry,
} from './event-bus.ts';
import {
  createSpillQueue,
  MAX_SPILL_BODY_BYTES,
  type SpillEntry,
  spillBody,
} from './spill-queue.ts';

/** `id` is part of the S3 key if the entry needs a claim check: `[A-Za-z0-9-]`, unique per event. */
export type Publishable = BusEntry & { readonly id: string };

/** The S3 key of the payload, if the entry is a claim check. */
interface Claim {
  readonly payloadKey?: string | undefined;
}

/** The entry is on the bus as `eventId`, or in the spill queue as `messageId`, because of `errorCode`. */
export type PublishSuccess = Claim &
  (
    | { readonly outcome: 'published'; readonly eventId: string }
    | {
        readonly outcome: 'spilled';
        readonly messageId: string | undefined;
        readonly errorCode: string;
      }
  );

/** `failed`: neither the event bus nor the spill queue accepted the entry. */
export type PublishResult =
  | PublishSuccess
  | { readonly outcome: 'failed'; readonly error: PublishError };

/** Publishes entries of any number and size. Returns one result per entry, in order. Never rejects. */
export type Publish = (
  entries: readonly Publishable[],
  remainingMs: RemainingMs,
) => Promise<PublishResult[]>;

export interface PublishConfig {
  readonly eventBusName: string;
  readonly payloadBucketName: string;
  readonly maxEntryBytes: number;
}

export interface PublishClients {
  readonly putEntries: PutEntries;
  readonly spillEntry: SpillEntry;
  readonly storePayload: StorePayload;
}

type Scope = PublishConfig & PublishClients & { readonly remainingMs: RemainingMs };

/** PutEvents calls in flight at the same time: the replies to 1,000 messages are 100 calls. */
const CONCURRENCY = 10;

/** At most `CONCURRENCY` at the same time. A webhook's single entry skips the queue that p-map needs for more. */
const mapConcurrently = <Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Promise<Result>,
): Promise<Result[]> =>
  items.length <= CONCURRENCY
    ? Promise.all(items.map(map))
    : pMap(items, map, { concurrency: CONCURRENCY });

/** The way every new event gets onto the bus (only a redrive puts entries itself): claim check if too large, PutEvents checked by entry, spill queue if rejected. */
export function createPublish(config: PublishConfig, clients: PublishClients): Publish {
  return async (entries, remainingMs) => {
    const scope = { ...config, ...clients, remainingMs };
    const prepared = await mapConcurrently(entries, (entry) => prepareEntry(entry, scope));
    const batches = toPutEventsBatches(prepared, ({ entry }) =>
      Buffer.byteLength(JSON.stringify(entry)),
    );
    const results = await mapConcurrently(batches, (batch) => publishBatch(batch, scope));
    return results.flat();
  };
}

/** @throws ConfigurationError */
export function publishFromEnvironment(): Publish {
  const config = readConfig({
    eventBusName: text('EVENT_BUS_NAME'),
    payloadBucketName: text('PAYLOAD_BUCKET_NAME'),
    maxEntryBytes: integer('MAX_ENTRY_BYTES', { fallback: 900_000, min: 1, max: 1_000_000 }),
    spillQueueUrl: text('SPILL_QUEUE_URL'),
  });
  return createPublish(config, {
    putEntries: createEventBus(),
    spillEntry: createSpillQueue(config.spillQueueUrl),
    storePayload: createPayloadBucket(config.payloadBucketName),
  });
}

interface PreparedEntry extends Claim {
  readonly original: Publishable;
  readonly entry: PutEventsEntry;
  /** Present if the entry can't go to the bus. */
  readonly error?: BatchItemError;
}

/** A failed upload is treated like an error of the bus: the whole entry may still fit into the spill queue. */
async function prepareEntry(original: Publishable, scope: Scope): Promise<PreparedEntry> {
  const entry = toPutEventsEntry(original, scope.eventBusName);
  const whole = { original, entry };
  if (entryBytes(original) <= scope.maxEntryBytes) return whole;
  try {
    // Leaves as much time for PutEvents as for the spill queue.
    return { original, ...(await claimCheckEntry(original, scope, 2 * SPILL_RESERVE_MS)) };
  } catch {
    return { ...whole, error: { errorCode: 'ClaimCheckFailed' } };
  }
}

async function claimCheckEntry(
  original: Publishable,
  { payloadBucketName, eventBusName, storePayload, remainingMs }: Scope,
  reserveMs: number,
): Promise<Pick<PreparedEntry, 'entry' | 'payloadKey'>> {
  const key = claimKey(original.id, original.time ?? new Date());
  const payloadKey = await storePayload(key, original.detail, abortBefore(remainingMs, reserveMs));
  const pointer = toClaimCheck(original, payloadBucketName, payloadKey);
  return { entry: toPutEventsEntry(pointer, eventBusName), payloadKey };
}

/** Splits into consecutive PutEvents batches. An entry over the size limit gets a batch of its own. */
export const toPutEventsBatches = <Item>(
  items: readonly Item[],
  bytes: (item: Item) => number,
): Item[][] =>
  // Measuring means serializing once more, which a webhook's single entry skips.
  items.length === 1 ? [[...items]] : toBatches(items, bytes, putEventsLimits);

async function publishBatch(batch: PreparedEntry[], scope: Scope): Promise<PublishResult[]> {
  const sent = batch.filter(({ error }) => error === undefined);
  const entries = sent.map(({ entry }) => entry);
  const put = sent.length > 0 ? await scope.putEntries(entries, scope.remainingMs) : [];
  const results = batch.map(async (prepared): Promise<PublishResult> => {
    const result = prepared.error ?? put[sent.indexOf(prepared)] ?? { errorCode: 'MissingResult' };
    if ('errorCode' in result) return spill(prepared, result, scope);
    return { outcome: 'published', ...result, ...claimOf(prepared) };
  });
  return Promise.all(results);
}

const claimOf = ({ payloadKey }: Claim): Claim => (payloadKey === undefined ? {} : { payloadKey });

async function spill(
  prepared: PreparedEntry,
  error: BatchItemError,
  scope: Scope,
): Promise<PublishResult> {
  const { errorCode } = error;
  try {
    const spillable = await toSpillable(prepared, scope);
    const messageId = await scope.spillEntry(spillable.entry, error, scope.remainingMs);
    return { outcome: 'spilled', messageId, errorCode, ...claimOf(spillable) };
  } catch (cause) {
    const message = `The event bus (${errorCode}) and the spill queue both rejected the event`;
    return { outcome: 'failed', error: new PublishError(message, { cause }) };
  }
}

/** JSON escaping can make an entry that fits the bus too large for SQS: then its payload is stored as well. */
async function toSpillable(
  prepared: PreparedEntry,
  scope: Scope,
): Promise<Pick<PreparedEntry, 'entry' | 'payloadKey'>> {
  if (Buffer.byteLength(spillBody(prepared.entry)) <= MAX_SPILL_BODY_BYTES) return prepared;
  // Half of the spill queue's time for the upload, half for SQS.
  return claimCheckEntry(prepared.original, scope, SPILL_RESERVE_MS / 2);
}
