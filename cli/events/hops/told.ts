import type { LogLine } from '../logs.ts';
import type { Hop, HopKind } from '../trace.ts';

/** What a line tells: a hop without its time and fields. */
export type Told = Pick<Hop, 'kind' | 'where' | 'text'> & { readonly isFailure?: true };

/** The parts of a sentence that there are, with a space between. */
export const say = (...parts: readonly (string | false | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== false && part !== '').join(' ');

export const numberIn = ({ fields }: LogLine, name: string): number | undefined => {
  const value = fields[name];
  return typeof value === 'number' ? value : undefined;
};

export const inParentheses = (...texts: readonly (string | undefined)[]): string | false => {
  const present = texts.flatMap((text) => text ?? []);
  return present.length > 0 && `(${present.join(', ')})`;
};

export const failure = (kind: HopKind, where: string, text: string): Told => ({
  kind,
  where,
  text,
  isFailure: true,
});
