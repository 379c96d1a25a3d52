import { type ApiError, apiError, notSimulated } from '../errors.ts';

const QUOTED = /'(?:\\.|[^'\\])*'/gs;
const CHARACTERS_BEFORE = 45;
const CHARACTERS_AFTER = 40;
const ESCAPED = /[\\^$.*+?()[\]{}|]/g;

/** A statement whose string literals are blanks, so that a search in it finds names and keywords only. */
export const withoutStrings = (statement: string): string =>
  statement.replace(QUOTED, (quoted) => `'${' '.repeat(quoted.length - 2)}'`);

type Clause = 'SELECT' | 'WHERE';

/** Where a name or keyword stands first from a clause on: the parser does not keep positions. */
function offsetOf(statement: string, token: string, clause: Clause): number {
  const escaped = token.replace(ESCAPED, '\\$&');
  const word = /^\w/.test(token) ? `(?<!\\w)${escaped}(?!\\w)` : escaped;
  const text = withoutStrings(statement);
  const start = clause === 'SELECT' ? 0 : Math.max(0, text.search(/\bWHERE\b/i));
  const found = text.slice(start).search(new RegExp(word, 'i'));
  return found < 0 ? found : start + found;
}

/**
 * The part of a statement that Salesforce quotes, with a caret, as public error reports show it. How much it quotes is a guess.
 */
function place(statement: string, offset: number): string {
  const lines = statement.slice(0, offset).split('\n');
  const column = lines.at(-1)?.length ?? 0;
  const line = statement.split('\n')[lines.length - 1] ?? '';
  const start = Math.max(0, column - CHARACTERS_BEFORE);
  const first = start === 0 ? 0 : line.indexOf(' ', start) + 1;
  const quoted = line.slice(first, column + CHARACTERS_AFTER);
  return `\n${quoted}\n${' '.repeat(column - first)}^\nERROR at Row:${lines.length}:Column:${column + 1}\n`;
}

/** An error about a name or keyword of a statement; the text of one without a place in it stands alone. */
export function queryError(
  statement: string,
  token: string,
  errorCode: string,
  text: string,
  clause: Clause = 'SELECT',
): ApiError {
  const offset = offsetOf(statement, token, clause);
  return apiError(400, errorCode, offset <= 0 ? text : place(statement, offset) + text);
}

/** `queryError` about a condition. */
export const filterError = (
  statement: string,
  token: string,
  errorCode: string,
  text: string,
): ApiError => queryError(statement, token, errorCode, text, 'WHERE');

export const malformed = (text: string): ApiError => apiError(400, 'MALFORMED_QUERY', text);

export const unexpected = (statement: string, token: string): ApiError =>
  queryError(statement, token, 'MALFORMED_QUERY', `unexpected token: '${token}'`);

/** Valid SOQL that the simulator does not run: an error is better than wrong records. */
export const unsupported = (what: string): ApiError => notSimulated(`${what} in SOQL`);
