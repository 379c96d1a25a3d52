import Table from 'cli-table3';
import type { Result } from './harness.ts';

/** The goal of a case: a maximum ratio to the first case, a maximum figure, or a ratio within `within` of 1. */
export type Goal = { readonly name: string } & (
  | { readonly ratio: number }
  | { readonly atMost: number }
  | { readonly within: number }
);

export interface Section {
  readonly title: string;
  readonly unit: string;
  /** Ratios are relative to the first. */
  readonly results: readonly Result[];
  readonly goal?: Goal;
  /** The case to subtract from all others before computing ratios: the unavoidable cost. */
  readonly floor?: string;
}

/** The results of one part of the benchmarks. */
export interface Bench {
  readonly sections: readonly Section[];
  /** What readers need to know to interpret them. */
  readonly notes: readonly string[];
}

export interface GoalResult {
  readonly isReached: boolean;
  readonly text: string;
}

const medianOf = ({ results }: Section, name: string | undefined): number =>
  results.find((result) => result.name === name)?.median ?? Number.NaN;

/** Computes a median's ratio to the section's first case. */
export function ratioIn(section: Section): (median: number) => number {
  const floor = section.floor === undefined ? 0 : medianOf(section, section.floor);
  const reference = medianOf(section, section.results[0]?.name);
  return (median) => (median - floor) / (reference - floor);
}

/** Three significant digits; whole numbers unchanged. */
const round = (value: number): string =>
  Number.isInteger(value) || value >= 100 ? value.toFixed(0) : value.toPrecision(3);

const ratioText = (ratio: number): string => ratio.toFixed(ratio < 0.1 ? 3 : 2);

const percent = (part: number): string => `${Math.round(part * 1_000) / 10} %`;

/** A goal as text, and whether it is reached. A goal for a missing case is never reached. */
function compareToGoal(
  section: Section,
  goal: Goal,
): { wanted: string; isReached: boolean; is: string } {
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

/** Whether the goal is reached; `undefined` if the section has none. */
export function checkGoal(section: Section): GoalResult | undefined {
  const { goal, floor } = section;
  if (goal === undefined) return undefined;
  const { wanted, isReached, is } = compareToGoal(section, goal);
  const how = floor === undefined ? '' : `, '${floor}' subtracted`;
  const word = isReached ? 'reached' : 'NOT reached';
  return { isReached, text: `goal ${wanted}: ${word} (${is}${how})` };
}

/** A section's rows: ratio (none to a first case of 0), median, the range from the 5th to the 95th percentile, and the name. */
export function rowsOf(section: Section): string[][] {
  const ratio = ratioIn(section);
  return section.results.map(({ name, median, low, high }) => [
    Number.isFinite(ratio(median)) ? ratioText(ratio(median)) : '',
    `${round(median)} ${section.unit}`,
    low === high ? '' : `${round(low)}–${round(high)}`,
    name,
  ]);
}

export const headOf = ({ title }: Section): string[] => ['ratio', 'median', 'range', title];

/** A section as a text table. */
export function toText(section: Section): string {
  const table = new Table({
    head: headOf(section),
    style: { head: [], border: [], compact: true },
  });
  table.push(...rowsOf(section));
  return [table.toString(), checkGoal(section)?.text ?? []].flat().join('\n');
}
