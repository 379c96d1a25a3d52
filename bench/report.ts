import Table from 'cli-table3';
import type { Result } from './harness.ts';

export interface Section {
  readonly title: string;
  readonly unit: string;
  /** Ratios are told against the first. */
  readonly results: readonly Result[];
  readonly goal: { readonly name: string; readonly ratio: number };
  /** The case that is subtracted from all others before they are divided: what nobody could do without. */
  readonly floor?: string;
}

const medianOf = ({ results }: Section, name: string | undefined): number =>
  results.find((result) => result.name === name)?.median ?? Number.NaN;

/** What a section's medians are told against, both ways of a ratio. */
function scaleOf(section: Section): (median: number) => number {
  const floor = section.floor === undefined ? 0 : medianOf(section, section.floor);
  const reference = medianOf(section, section.results[0]?.name);
  return (median) => (median - floor) / (reference - floor);
}

const round = (value: number): string => value.toFixed(value < 100 ? 1 : 0);

const ratioText = (ratio: number): string => ratio.toFixed(ratio < 0.1 ? 3 : 2);

function toRow({ name, median, low, high }: Result, ratio: number, unit: string): string[] {
  return [ratioText(ratio), `${round(median)} ${unit}`, `${round(low)}–${round(high)}`, name];
}

/** Whether the goal's case is within its ratio of the first one. */
export function verdict(section: Section): string {
  const { goal, floor } = section;
  const ratio = scaleOf(section)(medianOf(section, goal.name));
  const word = ratio <= goal.ratio ? 'reached' : 'not reached';
  const how = floor === undefined ? '' : `, '${floor}' subtracted`;
  return `goal ≤ ${goal.ratio}: ${word} (${ratioText(ratio)}${how})`;
}

/** A section as a table for people: ratio first, then median and the range of nine tenths of the rounds. */
export function toText(section: Section): string {
  const table = new Table({
    head: ['ratio', 'median', 'range', section.title],
    style: { head: [], border: [], compact: true },
  });
  const scale = scaleOf(section);
  table.push(...section.results.map((result) => toRow(result, scale(result.median), section.unit)));
  return `${table.toString()}\n${verdict(section)}`;
}
