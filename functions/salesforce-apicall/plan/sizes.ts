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
