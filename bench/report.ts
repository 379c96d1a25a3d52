import Table from 'cli-table3';
import type { Result } from './harness.ts';

export interface Section {
  readonly title: string;
  readonly unit: string;
  /** Ratios are told against the first. */
  readonly results: readonly Result[];
  readonly goal: { readonly name: string; readonly ratio: number };
}

const round = (value: number): string => value.toFixed(value < 100 ? 1 : 0);

function toRow({ name, median, low, high }: Result, reference: number, unit: string): string[] {
  return [
    (median / reference).toFixed(2),
    `${round(median)} ${unit}`,
    `${round(low)}–${round(high)}`,
    name,
  ];
}

/** Whether the goal's case is within its ratio of the first one. */
export function verdict({ results, goal }: Section): string {
  const reference = results[0]?.median ?? Number.NaN;
  const own = results.find(({ name }) => name === goal.name)?.median ?? Number.NaN;
  const ratio = own / reference;
  const word = ratio <= goal.ratio ? 'reached' : 'not reached';
  return `goal ≤ ${goal.ratio}: ${word} (${ratio.toFixed(2)})`;
}

/** A section as a table for people: ratio first, then median and the range of nine tenths of the rounds. */
export function toText(section: Section): string {
  const table = new Table({
    head: ['ratio', 'median', 'range', section.title],
    style: { head: [], border: [], compact: true },
  });
  const reference = section.results[0]?.median ?? Number.NaN;
  table.push(...section.results.map((result) => toRow(result, reference, section.unit)));
  return `${table.toString()}\n${verdict(section)}`;
}
