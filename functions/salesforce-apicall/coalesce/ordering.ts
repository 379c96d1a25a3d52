import type { ApiCallRequest } from '../request/schema.ts';

/** An id of 18 characters is the one of 15 with a checksum. */
const ID = /^([a-z0-9]{15})(?:[a-z0-9]{3})?$/i;

/** The id in 15 characters, or `undefined` where a record is not named by an id. */
export const shortId = (record: string): string | undefined => ID.exec(record)?.[1];

/**
 * What requests have to have in common to be about one record: its id, or object, external id field and value. Compared
 * without case, as Salesforce compares names and most external ids; of two ids that differ in case alone, one waits.
 */
export function recordKey({ object, record }: ApiCallRequest): string | undefined {
  if (object === undefined || record === undefined) return undefined;
  return (shortId(record) ?? `${object}/${record}`).toLowerCase();
}

/**
 * Rounds that run one after another: the first request on each record is in the first, the second in the second, in the
 * order given. What has no lane is in the first.
 */
export function toWaves<Item>(
  items: readonly Item[],
  laneOf: (item: Item) => string | undefined,
): Item[][] {
  const lengths = new Map<string, number>();
  const placed = items.map((item) => {
    const lane = laneOf(item);
    if (lane === undefined) return { item, wave: 0 };
    const wave = lengths.get(lane) ?? 0;
    lengths.set(lane, wave + 1);
    return { item, wave };
  });
  // Its keys come in order: whoever is in the second wave stands behind one of the first.
  const waves = Map.groupBy(placed, ({ wave }) => wave);
  return [...waves.values()].map((wave) => wave.map(({ item }) => item));
}
