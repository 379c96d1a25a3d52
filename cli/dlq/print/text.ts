import { parseJsonObject } from '../../../functions/common/json.ts';

/** Controls, lone surrogates and what reorders text: a terminal would obey it, or hide it. */
const INVISIBLE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

const escaped = (character: string): string =>
  `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;

/** Makes control characters of text from outside visible, as JSON escapes them; line feeds and tabs stay. */
export const visible = (text: string): string =>
  text.replaceAll(INVISIBLE, (character) =>
    /[\n\t]/.test(character) ? character : escaped(character),
  );

/** A string, a bracket, a separator, or a number or word, with the white space before it. */
const TOKEN = /\s*("(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+)/gy;

const isOpening = (token: string): boolean => token === '{' || token === '[';

const isClosing = (token: string): boolean => token === '}' || token === ']';

function spaceBetween(before: string, token: string, depth: number): string {
  if (before === '' || token === ':' || token === ',') return '';
  if (before === ':') return ' ';
  if (isOpening(before) && isClosing(token)) return '';
  return `\n${'  '.repeat(depth)}`;
}

/**
 * Indents a JSON object. Every token stays as it was written: parsing would round numbers and merge repeated names. Other text, and
 * what is nested deeper than 100 levels, is returned as it is.
 */
export function indentJson(text: string): string {
  if (parseJsonObject(text) === undefined) return text;
  let depth = 0;
  let before = '';
  let indented = '';
  for (const [, token = ''] of text.matchAll(TOKEN)) {
    if (isClosing(token)) depth -= 1;
    indented += spaceBetween(before, token, depth) + token;
    if (isOpening(token)) depth += 1;
    before = token;
  }
  return indented;
}
