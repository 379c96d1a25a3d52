export interface Played {
  readonly hop: string;
  readonly fault: string;
  readonly times: number;
}

/** How often each fault was played, by hop. */
export function createTally() {
  const counts = new Map<string, Played>();
  return {
    count: (hop: string, fault: string, times = 1): void => {
      if (times === 0) return;
      const id = `${hop}\n${fault}`;
      counts.set(id, { hop, fault, times: (counts.get(id)?.times ?? 0) + times });
    },
    rows: (): Played[] =>
      [...counts.values()].sort((a, b) =>
        `${a.hop}\n${a.fault}`.localeCompare(`${b.hop}\n${b.fault}`),
      ),
  };
}

export type Tally = ReturnType<typeof createTally>;
