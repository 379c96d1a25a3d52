import { needsLookup, unsafeExternalId } from '../request/external-id.ts';
import type { ApiCallRequest } from '../request/schema.ts';
import {
  type CollectionEntry,
  collectionCall,
  collectionKey,
  toCollectionRecord,
} from './collections.ts';
import { compositeCall, fitsComposite, MAX_QUERIES, MAX_SUBREQUESTS } from './composite.ts';
import { lookupCall } from './lookup.ts';
import { type ApiCall, bodyOf, type PlannedRequest, singleCall } from './single.ts';
import { type CallOutcomes, type FinishedRequest, splitFailures } from './split.ts';

/**
 * How many records of an object go into one call: the maximum, or half of the number that its automation (Apex, flows) has
 * failed on, for the lifetime of this Lambda process.
 */
export class RecordLimits {
  readonly #maxRecords: number;
  readonly #lowered = new Map<string, number>();

  /** @param maxRecords at most 200 ("sObject Collections"). */
  constructor(maxRecords: number) {
    this.#maxRecords = maxRecords;
  }

  maxRecordsOf(object: string): number {
    return this.#lowered.get(object.toLowerCase()) ?? this.#maxRecords;
  }

  /**
   * Records that a call with `records` of them was too large for the object's automation. One that is too much for it alone shows
   * that their number was not what the calls before have failed on: then nothing is known of it.
   */
  lower(object: string, records: number): void {
    if (records === 1) {
      this.#lowered.delete(object.toLowerCase());
      return;
    }
    const half = Math.max(1, Math.floor(records / 2));
    this.#lowered.set(object.toLowerCase(), Math.min(half, this.maxRecordsOf(object)));
  }
}

/** The sizes after a call of 200 that fails as a whole: 20, then alone. */
const SMALL_CALL = 20;

export interface PlanOptions {
  /** `v68.0`. */
  readonly apiVersion: string;
  readonly recordLimits: RecordLimits;
  /**
   * How many requests may share a call with this one, itself included; without one, as many as fit. Requests whose calls have
   * failed as a whole share smaller calls from then on, until the one to blame is alone.
   */
  readonly callSizes: WeakMap<ApiCallRequest, number>;
}

/** A larger body is split: requests that share a call should not wait for megabytes. */
const MAX_BODY_BYTES = 4_000_000;

/** A collection call may have at most ten chunks, each of consecutive records of one object ("sObject Collections"). */
const MAX_TYPES = 10;

interface Limits<Item> {
  /** Items in one chunk. */
  readonly count: number;
  readonly bytes: (item: Item) => number;
  /** A chunk has at most `MAX_TYPES` distinct ones. */
  readonly typeOf: (item: Item) => string;
}

/** Splits into consecutive chunks within the limits. An item over the size limit gets a chunk of its own. */
export function toChunks<Item>(
  items: readonly Item[],
  { count, bytes, typeOf }: Limits<Item>,
): [Item, ...Item[]][] {
  const chunks: [Item, ...Item[]][] = [];
  let bytesLeft = 0;
  let types = new Set<string>();
  for (const item of items) {
    const size = bytes(item);
    const hasType = types.has(typeOf(item)) || types.size < MAX_TYPES;
    const last = chunks.at(-1);
    if (last && last.length < count && size <= bytesLeft && hasType) last.push(item);
    else {
      chunks.push([item]);
      bytesLeft = MAX_BODY_BYTES;
      types = new Set();
    }
    bytesLeft -= size;
    types.add(typeOf(item));
  }
  return chunks;
}

const bytesOf = ({ request }: PlannedRequest): number =>
  Buffer.byteLength(JSON.stringify(bodyOf(request) ?? ''));

const typeOf = <Item>({ member }: CollectionEntry<Item>): string => member.type.toLowerCase();

function toEntries<Item extends PlannedRequest>(items: readonly Item[]): CollectionEntry<Item>[] {
  return items.flatMap((item) => {
    const member = toCollectionRecord(item.request);
    return member ? [{ item, member }] : [];
  });
}

function toCollections<Item extends PlannedRequest>(
  items: readonly Item[],
  size: number,
  { recordLimits }: PlanOptions,
): [CollectionEntry<Item>, ...CollectionEntry<Item>[]][] {
  const groups = Map.groupBy(toEntries(items), ({ item: { request }, member }) =>
    JSON.stringify([collectionKey(request, member), recordLimits.maxRecordsOf(member.type)]),
  );
  return [...groups.values()].flatMap((group) => {
    const sorted = group.toSorted((one, other) => typeOf(one).localeCompare(typeOf(other)));
    const limits = group.map(({ member }) => recordLimits.maxRecordsOf(member.type));
    const count = Math.min(size, ...limits);
    return toChunks(sorted, { count, bytes: ({ item }) => bytesOf(item), typeOf });
  });
}

/** A request in a call of its own: in its URL, or with its external id in the body, or by an id that is looked up. */
function ownCall<Item extends PlannedRequest>(item: Item, apiVersion: string): ApiCall<Item> {
  const unsafe = unsafeExternalId(item.request);
  const member = unsafe && toCollectionRecord(item.request);
  if (member) return collectionCall([{ item, member }], apiVersion);
  return unsafe && needsLookup(unsafe)
    ? lookupCall(item, unsafe, apiVersion)
    : singleCall(item, apiVersion);
}

const isLookupQuery = ({ isLookup, request }: PlannedRequest): boolean =>
  isLookup === true && request.resource === 'query';

/** Of a URL with its headers, 16,384 bytes are accepted ("API Request Limits and Allocations"). In Composite, there is no such limit. */
const MAX_PATH = 8_000;

function planQueries<Item extends PlannedRequest>(
  items: readonly Item[],
  size: number,
  apiVersion: string,
): ApiCall<Item>[] {
  const limits = { count: Math.min(size, MAX_QUERIES), bytes: () => 0, typeOf: () => '' };
  return toChunks(items, limits).map((chunk) => {
    const [first] = chunk;
    const single = singleCall(first, apiVersion);
    const isShort = chunk.length === 1 && single.call.path.length <= MAX_PATH;
    return isShort ? single : compositeCall(chunk, apiVersion);
  });
}

function planShared<Item extends PlannedRequest>(
  items: readonly Item[],
  size: number,
  options: PlanOptions,
): ApiCall<Item>[] {
  const { apiVersion } = options;
  const shared = toCollections(items, size, options).filter((chunk) => chunk.length > 1);
  const carried = new Set(shared.flat().map(({ item }) => item));
  const queries = items.filter(isLookupQuery);
  const left = items.filter((item) => !carried.has(item) && !isLookupQuery(item));
  const fitting = left.filter(({ request }) => fitsComposite(request));
  const limits = { count: Math.min(size, MAX_SUBREQUESTS), bytes: bytesOf, typeOf: () => '' };
  const composites = toChunks(fitting, limits).filter((chunk) => chunk.length > 1);
  const together = new Set(composites.flat());
  return [
    ...shared.map((chunk) => collectionCall(chunk, apiVersion)),
    ...composites.map((chunk) => compositeCall(chunk, apiVersion)),
    ...planQueries(queries, size, apiVersion),
    ...left.filter((item) => !together.has(item)).map((item) => ownCall(item, apiVersion)),
  ];
}

/**
 * As few API calls as possible for many requests: writes of records share sObject Collections calls, what is left shares
 * Composite calls, and the rest is sent alone. A pure function. The requests must be independent of each other (one round).
 */
export function planCalls<Item extends PlannedRequest>(
  items: readonly Item[],
  options: PlanOptions,
): ApiCall<Item>[] {
  const unlimited = Number.POSITIVE_INFINITY;
  const bySize = Map.groupBy(items, ({ request }) => options.callSizes.get(request) ?? unlimited);
  return [...bySize].flatMap(([size, group]) => planShared(group, size, options));
}

/** What a call led to. */
export interface Step<Item extends PlannedRequest> {
  readonly finished: readonly FinishedRequest<Item>[];
  /** Requests to be sent again, with the outcomes that they have if they are not. */
  readonly again: readonly FinishedRequest<Item>[];
  /** Plans their calls. It remembers their smaller sizes, also for requests that are not sent any more for lack of time. */
  readonly planAgain: () => readonly ApiCall<Item>[];
}

const inHalves = <Item>(items: readonly Item[]): (readonly Item[])[] => {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
};

const itemOf = <Item>({ item }: FinishedRequest<Item>): Item => item;

const resend = <Item extends PlannedRequest>(item: Item, apiVersion: string): ApiCall<Item> => ({
  ...ownCall(item, apiVersion),
  isResend: true,
});

function followOf<Item extends PlannedRequest>(
  { follow }: ApiCall<Item>,
  { results: [only] }: CallOutcomes<Item>,
): ApiCall<Item> | undefined {
  return only?.outcome.kind === 'success' ? follow?.(only.outcome) : undefined;
}

/** Decides what follows from the end of a call. If it was too large for an object's automation, the object's record limit is lowered. */
export function nextStep<Item extends PlannedRequest>(
  apiCall: ApiCall<Item>,
  outcomes: CallOutcomes<Item>,
  options: PlanOptions,
): Step<Item> {
  const followed = followOf(apiCall, outcomes);
  if (followed) return { finished: [], again: outcomes.results, planAgain: () => [followed] };
  const { finished, alone, halve, smaller, tooBig } = splitFailures(apiCall, outcomes);
  const size = apiCall.items.length;
  const { apiVersion, recordLimits, callSizes } = options;
  const planAgain = (): ApiCall<Item>[] => {
    for (const { item } of tooBig) recordLimits.lower(item.request.object ?? '', size);
    const nextSize = size > SMALL_CALL ? SMALL_CALL : 1;
    for (const { item } of smaller) callSizes.set(item.request, nextSize);
    return [
      ...inHalves(halve.map(itemOf)).flatMap((half) => planCalls(half, options)),
      ...planCalls(smaller.map(itemOf), options),
      ...alone.map(({ item }) => resend(item, apiVersion)),
    ];
  };
  return { finished, again: [...halve, ...smaller, ...alone], planAgain };
}
