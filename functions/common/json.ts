/** "JSON.parse source text access" of ECMAScript, which Node 24 has and TypeScript's library does not describe yet. */
interface SourceJson {
  readonly rawJSON: (source: string) => unknown;
  readonly parse: (
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ) => unknown;
}

const sourceJson: SourceJson = Object(JSON);

const NUMBER = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** A number's text without what does not change its value: `1.50e1` and `15` are the same. */
function canonical(text: string): string {
  const [, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

const keepDigits = (_key: string, value: unknown, { source }: { source?: string }): unknown => {
  if (typeof value !== 'number' || source === undefined) return value;
  return canonical(String(value)) === canonical(source) ? value : sourceJson.rawJSON(source);
};

/** Keeps the source text of every number, so that `JSON.stringify` writes it byte for byte. */
const keepSource = (_key: string, value: unknown, { source }: { source?: string }): unknown =>
  typeof value === 'number' && source !== undefined ? sourceJson.rawJSON(source) : value;

/** What every text has that holds such a number: 16 digits or an exponent, where JSON may have a number. */
const MAY_LOSE_DIGITS = /(?:^|[[:,\s])-?(?:[\d.]{16}|\d[\d.]*[eE])/;

/**
 * As `JSON.parse`, but a number that JavaScript would change (an integer over 2^53, more than 17 digits, an exponent over
 * 308) becomes an object that `JSON.stringify` writes exactly as it came (`JSON.rawJSON`).
 *
 * @throws SyntaxError when the text is not JSON, RangeError when it is nested some thousand levels deep.
 */
export function parseExact(text: string): unknown {
  if (!MAY_LOSE_DIGITS.test(text)) return JSON.parse(text);
  return sourceJson.parse(text, keepDigits);
}

/**
 * The JSON text of a part of `text`, with its numbers written as they are there: `1.0` stays `1.0`.
 *
 * @throws SyntaxError when the text is not JSON.
 */
export function extractJson(text: string, part: (tree: JsonObject) => unknown): string {
  const tree = sourceJson.parse(text, keepSource);
  return JSON.stringify(part(isJsonObject(tree) ? tree : {}));
}

/** Whether a value stands for a number that JavaScript has none for. */
export const isExactNumber = (value: unknown): boolean => Object(JSON).isRawJSON(value);

/** A JSON object: an array is none, nor is null. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The text as a JSON object, else `undefined`. */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
