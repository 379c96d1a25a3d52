import { malformed } from './errors.ts';

/** "Salesforce Developer Limits and Allocations Quick Reference": a string in WHERE has at most 4,000 characters. */
const MAX_STRING = 4000;

/** "SOQL and SOSL Reference", Quoted String Escape Sequences. */
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  '"': '"',
  "'": "'",
  '\\': '\\',
};

/** A character of a string literal; `isLiteral`: it is no wildcard of LIKE. */
export interface Character {
  readonly text: string;
  readonly isLiteral: boolean;
}

const PARTS = /\\u[0-9a-fA-F]{4}|\\.|[^\\]/gsu;

/** A part of a literal, unescaped. @returns undefined if the escape sequence does not exist. */
function characterOf(part: string, isPattern: boolean): Character | undefined {
  if (!part.startsWith('\\')) return { text: part, isLiteral: !['%', '_'].includes(part) };
  if (/^\\u[0-9a-f]{4}$/i.test(part))
    return { text: String.fromCharCode(Number.parseInt(part.slice(2), 16)), isLiteral: true };
  const escaped = part.slice(1);
  const text = isPattern && ['%', '_'].includes(escaped) ? escaped : ESCAPES[escaped];
  return text === undefined ? undefined : { text, isLiteral: true };
}

/**
 * The characters of a quoted string; `isPattern`: of LIKE, which has `\%` and `\_` besides.
 *
 * @throws ApiError MALFORMED_QUERY for other escape sequences, and for strings that are too long (its text is a guess).
 */
export function charactersOf(quoted: string, isPattern = false): Character[] {
  const raw = quoted.slice(1, -1);
  const characters = (raw.match(PARTS) ?? []).map((part) => {
    const character = characterOf(part, isPattern);
    if (character !== undefined) return character;
    throw malformed(
      `Invalid string literal '${raw}'. Illegal character sequence '${part}' in string literal.`,
    );
  });
  if (characters.length <= MAX_STRING) return characters;
  throw malformed(`String literals can not be longer than ${MAX_STRING} characters`);
}

/** The text of a quoted string. @throws ApiError as `charactersOf`. */
export const textOf = (quoted: string): string =>
  charactersOf(quoted)
    .map(({ text }) => text)
    .join('');

/** A part of a pattern between two `%`: its characters in lower case, undefined for `_`. */
type Segment = readonly (string | undefined)[];

function segmentsOf(quoted: string): Segment[] {
  const segments: (string | undefined)[][] = [[]];
  for (const { text, isLiteral } of charactersOf(quoted, true)) {
    if (text === '%' && !isLiteral) segments.push([]);
    else if (text === '_' && !isLiteral) segments.at(-1)?.push(undefined);
    else segments.at(-1)?.push(...text.toLowerCase());
  }
  return segments;
}

const isAt = (text: readonly string[], start: number, segment: Segment): boolean =>
  start >= 0 &&
  start + segment.length <= text.length &&
  segment.every((character, index) => character === undefined || character === text[start + index]);

/** The end of the first occurrence of a segment at or after a place; undefined if there is none. */
function endOf(text: readonly string[], from: number, segment: Segment): number | undefined {
  for (let start = from; start + segment.length <= text.length; start += 1)
    if (isAt(text, start, segment)) return start + segment.length;
  return undefined;
}

/** The end of the last of several segments, each at its first occurrence after the one before. */
const endOfAll = (text: readonly string[], from: number, segments: readonly Segment[]) =>
  segments.reduce<number | undefined>(
    (end, segment) => (end === undefined ? undefined : endOf(text, end, segment)),
    from,
  );

/**
 * Compiles the pattern of LIKE: `%` matches any text, `_` one character, regardless of case.
 * Not a regular expression, which takes exponential time for patterns with many `%`.
 */
export function matcherOf(quoted: string): (text: string) => boolean {
  const [first = [], ...others] = segmentsOf(quoted);
  const last = others.pop();
  return (value) => {
    const text = [...value.toLowerCase()];
    if (last === undefined) return text.length === first.length && isAt(text, 0, first);
    const end = endOfAll(text, first.length, others);
    const start = text.length - last.length;
    return isAt(text, 0, first) && end !== undefined && start >= end && isAt(text, start, last);
  };
}
