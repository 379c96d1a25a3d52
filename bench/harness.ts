/** The results of one run of a case, by name of the figure. */
export type Figures = Readonly<Record<string, number>>;

/** One thing to measure. */
export interface Case {
  readonly name: string;
  readonly measure: () => Promise<Figures>;
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

/** @returns the median, and the range from the 5th to the 95th percentile. */
export const summarize = (name: string, values: readonly number[]): Result => ({
  name,
  median: quantile(values, 0.5),
  low: quantile(values, 0.05),
  high: quantile(values, 0.95),
});

/** A figure that is counted, not measured, so that it has no range. */
export const exactly = (name: string, value: number): Result => summarize(name, [value]);

/**
 * Measures cases side by side. Each round runs every case once and starts with the next one, so that noise of the machine
 * affects all cases alike. A warm-up round is discarded.
 *
 * @returns the results for one figure, in the order of the cases, without the cases that don't have it.
 */
export async function compare(
  cases: readonly Case[],
  rounds: number,
): Promise<(figure: string) => Result[]> {
  const values = cases.map((): Figures[] => []);
  for (let round = -1; round < rounds; round += 1) {
    for (let step = 0; step < cases.length; step += 1) {
      const index = (round + 1 + step) % cases.length;
      const figures = await cases[index]?.measure();
      if (round >= 0 && figures !== undefined) values[index]?.push(figures);
    }
  }
  return (figure) =>
    cases.flatMap(({ name }, index) => {
      const own = (values[index] ?? []).flatMap((figures) => figures[figure] ?? []);
      return own.length === 0 ? [] : [summarize(name, own)];
    });
}
