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
