import Table from 'cli-table3';
import type { Result } from './harness.ts';

/** What a case should come to: its ratio to the first, its own figure, or a ratio as near to 1 as `within`. */
export type Goal = { readonly name: string } & (
  | { readonly ratio: number }
  | { readonly atMost: number }
  | { readonly within: number }
);

export interface Section {
  readonly title: string;
  readonly unit: string;
  /** Ratios are told against the first. */
  readonly results: readonly Result[];
  readonly goal?: Goal;
  /** The case that is subtracted from all others before they are divided: what nobody could do without. */
  readonly floor?: string;
}

/** What one part of the benchmarks found. */
export interface Bench {
  readonly sections: readonly Section[];
  /** What a reader has to know about them. */
  readonly notes: readonly string[];
}

export interface Verdict {
  readonly isReached: boolean;
  readonly text: string;
}

const medianOf = ({ results }: Section, name: string | undefined): number =>
  results.find((result) => result.name === name)?.median ?? Number.NaN;

/** What a section's medians are told against. */
export function ratioIn(section: Section): (median: number) => number {
  const floor = section.floor === undefined ? 0 : medianOf(section, section.floor);
  const reference = medianOf(section, section.results[0]?.name);
  return (median) => (median - floor) / (reference - floor);
}

/** Three digits that count; whole numbers as they are. */
const round = (value: number): string =>
  Number.isInteger(value) || value >= 100 ? value.toFixed(0) : value.toPrecision(3);

const ratioText = (ratio: number): string => ratio.toFixed(ratio < 0.1 ? 3 : 2);

const percent = (part: number): string => `${Math.round(part * 1_000) / 10} %`;

/** A goal in words, and whether the figures are within it. A case that is missing is never within it. */
function judge(section: Section, goal: Goal): { wanted: string; isReached: boolean; is: string } {
  const median = medianOf(section, goal.name);
  const ratio = ratioIn(section)(median);
  if ('atMost' in goal) {
    const wanted = `≤ ${goal.atMost} ${section.unit}`;
    return { wanted, isReached: median <= goal.atMost, is: round(median) };
  }
  if ('within' in goal) {
    const change = `${ratio < 1 ? '' : '+'}${percent(ratio - 1)}`;
    return {
      wanted: `± ${percent(goal.within)}`,
      isReached: Math.abs(ratio - 1) <= goal.within,
      is: change,
    };
  }
  return { wanted: `≤ ${goal.ratio}`, isReached: ratio <= goal.ratio, is: ratioText(ratio) };
}

/** Whether the goal is reached, where the section has one. */
export function verdict(section: Section): Verdict | undefined {
  const { goal, floor } = section;
  if (goal === undefined) return undefined;
  const { wanted, isReached, is } = judge(section, goal);
  const how = floor === undefined ? '' : `, '${floor}' subtracted`;
  const word = isReached ? 'reached' : 'NOT reached';
  return { isReached, text: `goal ${wanted}: ${word} (${is}${how})` };
}

/** A section's head and rows as texts: ratio first, then median and the range of nine tenths of the rounds. */
export function rowsOf(section: Section): string[][] {
  const ratio = ratioIn(section);
  return section.results.map(({ name, median, low, high }) => [
    ratioText(ratio(median)),
    `${round(median)} ${section.unit}`,
    low === high ? '' : `${round(low)}–${round(high)}`,
    name,
  ]);
}

export const headOf = ({ title }: Section): string[] => ['ratio', 'median', 'range', title];

/** A section as a table for people. */
export function toText(section: Section): string {
  const table = new Table({
    head: headOf(section),
    style: { head: [], border: [], compact: true },
  });
  table.push(...rowsOf(section));
  return [table.toString(), verdict(section)?.text ?? []].flat().join('\n');
}
