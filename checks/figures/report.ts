import Table from 'cli-table3';
import { limits } from './limits.ts';
import type { Room } from './rooms.ts';

const baseName = (file: string): string => file.split('/').at(-1) ?? file;

const named = (lines: number, name: string): string => (lines === 0 ? '' : `${lines} ${name}`);

const toRow = (room: Room): string[] => [
  room.name,
  String(room.files),
  String(room.medianLines),
  named(room.largest.lines, baseName(room.largest.file)),
  String(room.functions),
  String(room.medianFunctionLines),
  named(room.longest.lines, room.longest.name || baseName(room.longest.file)),
  String(room.any.length),
  String(room.nonNull.length),
  String(room.casts.length),
  String(room.suppressions.length),
];

const head = [
  'room',
  'files',
  'median',
  'largest',
  'functions',
  'median',
  'longest',
  'any',
  '!',
  'as',
  'suppressed',
];

/** Where somebody has told the type checker or the linter to believe or to be silent. */
const escapesOf = (rooms: readonly Room[]): string[] =>
  rooms
    .slice(-1)
    .flatMap(({ casts, suppressions }) => [
      `as: ${casts.join(', ') || 'none'}`,
      `suppressed: ${suppressions.join(', ') || 'none'}`,
    ]);

/**
 * The figures as a table for people, what is above the limits below it.
 *
 * @param rooms the last of them is everything together.
 */
export function toText(rooms: readonly Room[], problems: readonly string[]): string {
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  table.push(...rooms.map(toRow));
  const { medianLines, largestLines, medianFunctionLines } = limits;
  const rules = `Limits: files ${medianLines} lines in the median and ${largestLines} at most, functions ${medianFunctionLines} in the median, no any, no !`;
  const verdict = problems.length === 0 ? ['All are met.'] : ['Not met:', ...problems];
  return [table.toString(), ...escapesOf(rooms), rules, ...verdict].join('\n');
}
