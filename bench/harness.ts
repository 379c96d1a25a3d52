/** One thing to measure: answers its figure for one round, in `unit`s of its own choosing. */
export interface Case {
  readonly name: string;
  readonly measure: () => Promise<number>;
}

export interface Result {
  readonly name: string;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

const sorted = (values: readonly number[]): number[] =>
  values.toSorted((one, other) => one - other);

const quantile = (values: readonly number[], part: number): number =>
  sorted(values)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN;

/**
 * Measures cases side by side: each round runs every case once, beginning with another one each time, so that noise
 * of the machine falls on all alike. One round before the first is thrown away.
 *
 * @returns median, and the range that nine tenths of the rounds lie in.
 */
export async function compare(cases: readonly Case[], rounds: number): Promise<Result[]> {
  const values = cases.map((): number[] => []);
  for (let round = -1; round < rounds; round += 1) {
    for (let step = 0; step < cases.length; step += 1) {
      const index = (round + 1 + step) % cases.length;
      const value = await cases[index]?.measure();
      if (round >= 0 && value !== undefined) values[index]?.push(value);
    }
  }
  return cases.map(({ name }, index) => {
    const own = values[index] ?? [];
    return {
      name,
      median: quantile(own, 0.5),
      low: quantile(own, 0.05),
      high: quantile(own, 0.95),
    };
  });
}
