import { plainText } from '../../words.ts';

export const COLUMNS = 100;

/** Of one text of somebody else. */
export const MOST_CHARACTERS = 300;

/**
 * A text on lines that fit, broken between words where there are any.
 *
 * @param start stands before the first line, and as much space before the others.
 */
export function wrap(text: string, start = ''): string[] {
  const width = COLUMNS - 1 - start.length;
  const parts = plainText(text, MOST_CHARACTERS).match(
    new RegExp(`.{1,${width}}(?:\\s|$)|.{1,${width}}`, 'gu'),
  );
  const indent = ' '.repeat(start.length);
  return (parts ?? []).map((part, index) => `${index === 0 ? start : indent}${part.trimEnd()}`);
}
