export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A JSON object; anything else is none. */
export function parseFields(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

export const dateOf = (value: unknown): Date | undefined => {
  const date = typeof value === 'string' ? new Date(value) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
};

export const countOf = (value: unknown): number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 0;

/** "JSON.parse source text access" of ECMAScript, which Node 24 has and TypeScript's library does not describe yet. */
interface SourceJson {
  readonly rawJSON: (source: string) => unknown;
  readonly parse: (
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ) => Fields;
}

const sourceJson: SourceJson = Object(JSON);

const keepNumber = (_key: string, value: unknown, { source }: { source?: string }): unknown =>
  typeof value === 'number' && source !== undefined ? sourceJson.rawJSON(source) : value;

/** The JSON text of a part of `body`, its numbers as they stand there: parsed ones would lose digits. */
export function textOfPart(body: string, part: (tree: Fields) => unknown): string {
  return JSON.stringify(part(sourceJson.parse(body, keepNumber)));
}
