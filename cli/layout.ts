import Table from 'cli-table3';
import wrapAnsi from 'wrap-ansi';
import { MAX_TEXT_LENGTH, sanitizeText } from './format.ts';
import { COLUMNS, makeVisible } from './terminal.ts';

/** Beside a long prefix, text is still readable. */
const MIN_WIDTH = 20;

/**
 * Wraps text to lines of less than `columns`, between words where possible. Its invisible characters count as they are printed.
 *
 * @param prefix precedes the first line; the others are indented by its width.
 * @param columns the terminal's.
 */
export function wrapLines(text: string, prefix = '', columns = COLUMNS): string[] {
  const width = Math.max(columns - 1 - prefix.length, MIN_WIDTH);
  const lines = wrapAnsi(makeVisible(text), width, { hard: true }).split('\n');
  const indent = ' '.repeat(prefix.length);
  return lines.map((line, index) => `${index === 0 ? prefix : indent}${line}`);
}

/** The same for text from outside: without control characters, and cut. */
export const wrapText = (text: string, prefix?: string, columns?: number): string[] =>
  wrapLines(sanitizeText(text, MAX_TEXT_LENGTH), prefix, columns);

type TableOptions = ConstructorParameters<typeof Table>[0];

/** A table with a heading row and no colour. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly Table.Cell[])[],
  options: TableOptions = {},
): string {
  const style = { head: [], border: [], compact: true, ...options?.style };
  const table = new Table({ ...options, head: [...head], style });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
