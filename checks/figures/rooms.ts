import type { Escapes } from './escapes.ts';
import type { MeasuredFunction } from './functions.ts';
import type { Measured } from './measure.ts';

interface Located extends MeasuredFunction {
  readonly file: string;
}

/** The figures of a folder. */
export interface Room {
  readonly name: string;
  readonly files: number;
  readonly medianLines: number;
  readonly largest: Pick<Measured, 'file' | 'lines'>;
  readonly functions: number;
  readonly medianFunctionLines: number;
  readonly longest: Located;
  /** `file:line` of each. */
  readonly any: readonly string[];
  readonly nonNull: readonly string[];
  readonly casts: readonly string[];
  readonly suppressions: readonly string[];
}

/** Of an even count, the mean of the two in the middle; 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const [low = 0] = sorted.slice((sorted.length - 1) >> 1);
  const [high = 0] = sorted.slice(sorted.length >> 1);
  return (low + high) / 2;
}

function most<Item extends { readonly lines: number }>(items: readonly Item[], none: Item): Item {
  const [first = none, ...others] = items;
  return others.reduce((before, item) => (item.lines > before.lines ? item : before), first);
}

const placesOf = (files: readonly Measured[], kind: keyof Escapes): string[] =>
  files.flatMap((measured) => measured[kind].map((line) => `${measured.file}:${line}`));

export function roomOf(name: string, files: readonly Measured[]): Room {
  const functions = files.flatMap(({ file, functions: own }) =>
    own.map((one) => ({ ...one, file })),
  );
  return {
    name,
    files: files.length,
    medianLines: median(files.map(({ lines }) => lines)),
    largest: most<Pick<Measured, 'file' | 'lines'>>(files, { file: '', lines: 0 }),
    functions: functions.length,
    medianFunctionLines: median(functions.map(({ lines }) => lines)),
    longest: most(functions, { name: '', file: '', line: 0, lines: 0 }),
    any: placesOf(files, 'any'),
    nonNull: placesOf(files, 'nonNull'),
    casts: placesOf(files, 'casts'),
    suppressions: placesOf(files, 'suppressions'),
  };
}

/** functions/ by function; everything else by its first folder. */
function roomNameOf(file: string): string {
  const [room = '', ...rest] = file.split('/').slice(0, -1);
  if (room === '') return '(root)';
  const [inner] = room === 'functions' ? rest : [];
  return inner === undefined ? `${room}/` : `${room}/${inner}/`;
}

/** Each room by its name, in alphabetical order. */
export function roomsOf(files: readonly Measured[]): Room[] {
  const rooms = Map.groupBy(files, ({ file }) => roomNameOf(file));
  return [...rooms]
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([name, own]) => roomOf(name, own));
}
