import { type Fields, isFields } from '#common/fields.ts';
import { sourceJson } from '#common/json.ts';

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

export const dateOf = (value: unknown): Date | undefined => {
  const date = typeof value === 'string' ? new Date(value) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
};

export const countOf = (value: unknown): number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 0;

const keepNumber = (_key: string, value: unknown, { source }: { source?: string }): unknown =>
  typeof value === 'number' && source !== undefined ? sourceJson.rawJSON(source) : value;

/** The JSON text of a part of `body`, its numbers as they stand there: parsed ones would lose digits. */
export function textOfPart(body: string, part: (tree: Fields) => unknown): string {
  const tree = sourceJson.parse(body, keepNumber);
  return JSON.stringify(part(isFields(tree) ? tree : {}));
}
