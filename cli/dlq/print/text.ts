import { parseJsonObject } from '../../../functions/common/json.ts';

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
