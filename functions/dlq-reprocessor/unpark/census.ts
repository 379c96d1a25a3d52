import type { ParkReason } from '../names.ts';
import type { ParkBucket } from '../park/bucket.ts';
import { PARKED } from '../park/parked.ts';
import { countByReason } from './list.ts';

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
