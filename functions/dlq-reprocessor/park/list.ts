import type { Filter } from '../filter-schema.ts';
import { type ParkReason, parkReasons } from '../names.ts';
import type { ParkBucket } from './park.ts';
import { PARKED } from './record.ts';

/** What all keys begin with that a filter can mean. */
export function prefixOf({ key, reason }: Filter): string {
  if (key !== undefined) return key;
  const folder = parkReasons.find((name) => name === reason?.toUpperCase());
  return folder === undefined ? PARKED : `${PARKED}${folder}/`;
}

/** Whether an object is worth reading: its key ends with the message's id. */
export function mayMatch({ id }: Filter, key: string): boolean {
  return id === undefined || id.some((one) => key.endsWith(`/${one}.json`));
}

/** Counts keys by the folder of their reason. */
export function countByReason(keys: readonly string[]): Partial<Record<ParkReason, number>> {
  const counts: Partial<Record<ParkReason, number>> = {};
  for (const key of keys) {
    const reason = parkReasons.find((name) => key.startsWith(`${PARKED}${name}/`));
    if (reason) counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
}

/** What S3 lists in one request ("ListObjectsV2"). */
const PAGE = 1_000;

/** More are not counted: a number of that size says enough. */
const MAX_COUNTED = 10_000;

/** How many letters are parked for each reason, of the first 10,000. Rejects with S3's error. */
export function createCensus({ list }: Pick<ParkBucket, 'list'>) {
  return async (): Promise<Partial<Record<ParkReason, number>>> => {
    const keys: string[] = [];
    let hasMore = true;
    while (hasMore && keys.length < MAX_COUNTED) {
      const page = await list(PARKED, keys.at(-1), PAGE);
      keys.push(...page.keys);
      hasMore = page.hasMore && page.keys.length > 0;
    }
    return countByReason(keys);
  };
}

export type Census = ReturnType<typeof createCensus>;
