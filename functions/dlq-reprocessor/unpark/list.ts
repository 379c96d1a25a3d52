import type { Filter } from '../filter/schema.ts';
import { type ParkReason, parkReasons } from '../names.ts';
import { PARKED } from '../park/parked.ts';

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
