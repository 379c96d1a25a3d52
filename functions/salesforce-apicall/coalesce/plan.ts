import type { Answer } from '../salesforce/client.ts';
import { collectionCall, type Entry, groupOf, memberOf } from './collections.ts';
import { compositeCall, fitsComposite, MAX_SUBREQUESTS } from './composite.ts';
import { type ApiCall, bodyOf, type Planned, type PlanOptions, singleCall } from './single.ts';
import { type Sorted, sortAnswer } from './split.ts';

/**
 * How many records of an object go into one call: the most that is allowed, or half of what its automation (Apex,
 * flows) has failed on, for as long as this process lives.
 */
export function createSizes(maxRecords: number) {
  const known = new Map<string, number>();
  const maxRecordsOf = (type: string): number => known.get(type.toLowerCase()) ?? maxRecords;
  return {
    maxRecordsOf,
    failedOn: (type: string, records: number): void => {
      const half = Math.max(1, Math.floor(records / 2));
      known.set(type.toLowerCase(), Math.min(half, maxRecordsOf(type)));
    },
  };
}

export type Sizes = ReturnType<typeof createSizes>;

/** A body above this is split: requests that wait for each other should not wait for megabytes. */
const MAX_BODY_BYTES = 4_000_000;

/** Runs of records of one type in one collection call ("sObject Collections": "chunks"). */
const MAX_TYPES = 10;

interface Limits<Item> {
  /** Items in one part. */
  readonly count: number;
  readonly bytes: (item: Item) => number;
  /** What at most ten of may be in one part. */
  readonly typeOf: (item: Item) => string;
}

/** Consecutive parts of a list within the limits; one that is too large by itself is a part of its own. */
export function toParts<Item>(
  items: readonly Item[],
  { count, bytes, typeOf }: Limits<Item>,
): [Item, ...Item[]][] {
  const parts: [Item, ...Item[]][] = [];
  let room = 0;
  let types = new Set<string>();
  for (const item of items) {
    const size = bytes(item);
    const hasType = types.has(typeOf(item)) || types.size < MAX_TYPES;
    const last = parts.at(-1);
    if (last && last.length < count && size <= room && hasType) last.push(item);
    else {
      parts.push([item]);
      room = MAX_BODY_BYTES;
      types = new Set();
    }
    room -= size;
    types.add(typeOf(item));
  }
  return parts;
}

const bytesOf = ({ request }: Planned): number =>
  Buffer.byteLength(JSON.stringify(bodyOf(request) ?? ''));

const typeOf = <Item>({ member }: Entry<Item>): string => member.type.toLowerCase();

function toEntries<Item extends Planned>(items: readonly Item[]): Entry<Item>[] {
  return items.flatMap((item) => {
    const member = memberOf(item.request);
    return member ? [{ item, member }] : [];
  });
}

function toCollections<Item extends Planned>(
  items: readonly Item[],
  { maxRecordsOf }: PlanOptions,
): [Entry<Item>, ...Entry<Item>[]][] {
  const groups = Map.groupBy(toEntries(items), ({ item: { request }, member }) =>
    JSON.stringify([groupOf(request, member), maxRecordsOf(member.type)]),
  );
  return [...groups.values()].flatMap((group) => {
    const sorted = group.toSorted((one, other) => typeOf(one).localeCompare(typeOf(other)));
    const count = Math.min(...group.map(({ member }) => maxRecordsOf(member.type)));
    return toParts(sorted, { count, bytes: ({ item }) => bytesOf(item), typeOf });
  });
}

/**
 * Few API calls for many requests: records that are written go through sObject Collections, what is left through
 * Composite, and what neither can carry alone. A pure function; the requests must be free of each other (one wave).
 */
export function planCalls<Item extends Planned>(
  items: readonly Item[],
  options: PlanOptions,
): ApiCall<Item>[] {
  const { apiVersion } = options;
  const shared = toCollections(items, options).filter((part) => part.length > 1);
  const carried = new Set(shared.flat().map(({ item }) => item));
  const left = items.filter((item) => !carried.has(item));
  const fitting = left.filter(({ request }) => fitsComposite(request));
  const limits = { count: MAX_SUBREQUESTS, bytes: bytesOf, typeOf: () => '' };
  const composites = toParts(fitting, limits).filter((part) => part.length > 1);
  const together = new Set(composites.flat());
  return [
    ...shared.map((part) => collectionCall(part, apiVersion)),
    ...composites.map((part) => compositeCall(part, apiVersion)),
    ...left.filter((item) => !together.has(item)).map((item) => singleCall(item, apiVersion)),
  ];
}

interface PlannerOptions {
  readonly sizes: Sizes;
  readonly apiVersion: string;
}

/** What an answered call has come to: requests with their outcomes, and the calls that it leaves to be made. */
export interface Step<Item extends Planned> {
  readonly made: Sorted<Item>['made'];
  readonly calls: readonly ApiCall<Item>[];
}

export interface Planner {
  /** The API calls for requests that are free of each other, as few as they can be. */
  readonly plan: <Item extends Planned>(items: readonly Item[]) => ApiCall<Item>[];
  /** Remembers too how many records of an object were too many for one call. */
  readonly next: <Item extends Planned>(apiCall: ApiCall<Item>, answer: Answer) => Step<Item>;
}

const inHalves = <Item>(items: readonly Item[]): (readonly Item[])[] => {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
};

/** Plans the first calls of requests, and what follows from each answer. */
export function createPlanner({ sizes, apiVersion }: PlannerOptions): Planner {
  const { failedOn, maxRecordsOf } = sizes;
  const plan = <Item extends Planned>(items: readonly Item[]) =>
    planCalls(items, { apiVersion, maxRecordsOf });

  return {
    plan,
    next: (apiCall, answer) => {
      const { made, alone, halve, isTooBig } = sortAnswer(apiCall, answer);
      const tooBig = isTooBig ? halve : [];
      for (const { request } of tooBig) failedOn(request.object ?? '', apiCall.items.length);
      const singles = alone.map((item) => ({
        ...singleCall(item, apiVersion),
        isRepeat: true as const,
      }));
      return { made, calls: [...inHalves(halve).flatMap(plan), ...singles] };
    },
  };
}
