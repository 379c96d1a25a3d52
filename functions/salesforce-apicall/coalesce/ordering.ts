import type { ApiCallRequest } from '../request/schema.ts';

/** An id of 18 characters is the one of 15 with a checksum. */
const ID = /^([a-z0-9]{15})(?:[a-z0-9]{3})?$/i;

/** The id in 15 characters; `undefined` if the record is not identified by an id. */
export const shortId = (record: string): string | undefined => ID.exec(record)?.[1];

/**
 * Identifies the record that a request is about: its id, or object, external id field and value. In lower case, as Salesforce
 * compares names and most external ids without case; requests whose ids differ only in case run one after the other.
 */
export function recordKey({ object, record }: ApiCallRequest): string | undefined {
  if (object === undefined || record === undefined) return undefined;
  return (shortId(record) ?? `${object}/${record}`).toLowerCase();
}

/**
 * Rounds that run one after another: the first item of each ordering key is in the first round, the second in the second, in
 * the order given. An item without a key is in the first.
 */
export function inRounds<Item>(
  items: readonly Item[],
  orderingKey: (item: Item) => string | undefined,
): Item[][] {
  const counts = new Map<string, number>();
  const placed = items.map((item) => {
    const key = orderingKey(item);
    if (key === undefined) return { item, round: 0 };
    const round = counts.get(key) ?? 0;
    counts.set(key, round + 1);
    return { item, round };
  });
  // In order: an item of the second round comes after one of the first.
  const rounds = Map.groupBy(placed, ({ round }) => round);
  return [...rounds.values()].map((round) => round.map(({ item }) => item));
}
