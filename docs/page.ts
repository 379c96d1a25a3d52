import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

/** A Markdown table with aligned columns, as in the hand-written pages. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const cells = [head, ...rows].map((row) => row.map(cell));
  const widths = head.map((_, column) =>
    Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[], fill = ' '): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width, fill)).join(' | ')} |`;
  const [first = [], ...others] = cells;
  return [line(first), line([], '-'), ...others.map((row) => line(row))].join('\n');
};

/**
 * A page with its generated parts replaced; the text between them is written by hand.
 *
 * @param file path of the page, from the repository's root.
 * @param parts name of a part, as its `made by npm run docs` comment has it → its text.
 * @throws Error naming a part that the page has no place for.
 */
export const fillPage = (file: string, parts: Readonly<Record<string, string>>): string =>
  Object.entries(parts).reduce(
    (text, [name, part]) => {
      const block = new RegExp(`(<!-- ${name}: made by npm run docs -->\n)[^]*?(<!-- end -->)`);
      if (!block.test(text)) throw new Error(`${file} has no place for the part ${name}`);
      return text.replace(block, (_all, open, close) => `${open}\n${part}\n\n${close}`);
    },
    readFileSync(join(root, file), 'utf8'),
  );
