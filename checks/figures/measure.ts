import { parseSync } from 'oxc-parser';
import { FiguresError } from './errors.ts';
import { type Escapes, escapesIn } from './escapes.ts';
import { functionsIn, type MeasuredFunction } from './functions.ts';

/** What one file is measured by. */
export interface Measured extends Escapes {
  /** From the project's root. */
  readonly file: string;
  readonly lines: number;
  readonly functions: readonly MeasuredFunction[];
}

function lineCounter(source: string): (offset: number) => number {
  const ends = [...source.matchAll(/\n/g)].map(({ index }) => index);
  return (offset) => {
    const line = ends.findIndex((end) => end >= offset);
    return (line === -1 ? ends.length : line) + 1;
  };
}

/** @throws FiguresError where the file is no TypeScript. */
export function measure(file: string, source: string): Measured {
  const { program, comments, errors } = parseSync(file, source);
  const [error] = errors;
  if (error) throw new FiguresError(`${file} cannot be parsed: ${error.message}`);
  const lineOf = lineCounter(source);
  const lines = source.split('\n').length - (source.endsWith('\n') ? 1 : 0);
  const functions = functionsIn(program, lineOf);
  return { file, lines, functions, ...escapesIn(program, comments, lineOf) };
}
