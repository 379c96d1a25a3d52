/** ECMAScript's "JSON.parse source text access": in Node 24, not yet in TypeScript's library. */
interface SourceJson {
  readonly rawJSON: (source: string) => unknown;
  readonly parse: (
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ) => unknown;
}

const sourceJson: SourceJson = Object(JSON);

const NUMBER = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Not by a regular expression, which takes quadratic time for a number of many zeros. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}

/** Normalizes a number's text, so that texts of equal value compare equal: `1.50e1` and `15`. */
function canonical(text: string): string {
  const [, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = withoutTrailingZeros(digits);
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

/** Deeper than any event or response has reason to be, and far from where recursive functions exhaust the stack. */
const MAX_DEPTH = 100;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** How each character code changes the depth. */
const DEPTH_STEPS = new Int8Array(128);
for (const [character, step] of Object.entries({ '[': 1, '{': 1, ']': -1, '}': -1 }))
  DEPTH_STEPS[character.charCodeAt(0)] = step;

/** The index of the quotation mark that ends the string begun before `from`. */
function endOfString(text: string, from: number): number {
  let end = text.indexOf('"', from);
  while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end;
}

function isEscaped(text: string, index: number): boolean {
  let start = index;
  while (text.charCodeAt(start - 1) === BACKSLASH) start -= 1;
  return (index - start) % 2 === 1;
}

/** @throws RangeError if a JSON text is nested deeper than `MAX_DEPTH`, before anything recursive reads it. */
function requireShallow(text: string): void {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index + 1);
    else depth += DEPTH_STEPS[code] ?? 0;
    if (depth > MAX_DEPTH) throw new RangeError(`JSON is nested deeper than ${MAX_DEPTH} levels`);
  }
}

/** Matches every text with a number that may lose digits: 16 digits or an exponent where JSON allows a number. */
const MAY_LOSE_DIGITS = /(?:^|[[:,\s])-?(?:[\d.]{16}|\d[\d.]*[eE])/;

/**
 * Parses JSON without losing digits. A number that JavaScript can't represent (an integer over 2^53, more than 17
 * digits, an exponent over 308) becomes a `JSON.rawJSON` object, which `JSON.stringify` writes exactly as received.
 *
 * @throws SyntaxError if the text is not JSON, RangeError if it is nested deeper than 100 levels.
 */
export function parseExact(text: string): unknown {
  requireShallow(text);
  if (!MAY_LOSE_DIGITS.test(text)) return JSON.parse(text);
  return sourceJson.parse(text, keepDigits);
}

/**
 * The JSON text of a part of `text`, with its numbers written as they are there: `1.0` stays `1.0`.
 *
 * @throws SyntaxError when the text is not JSON, RangeError when it is nested deeper than 100 levels.
 */
export function extractJson(text: string, part: (tree: JsonObject) => unknown): string {
  requireShallow(text);
  const tree = sourceJson.parse(text, keepSource);
  return JSON.stringify(part(isJsonObject(tree) ? tree : {}));
}

/**
 * The elements of a JSON array, each with its JSON text, in which numbers are written as they are in `text`; `undefined`
 * if the text is not an array, or is nested deeper than 100 levels.
 */
export function jsonElements(
  text: string,
): readonly { readonly value: unknown; readonly text: string }[] | undefined {
  try {
    requireShallow(text);
    const elements = sourceJson.parse(text, keepSource);
    if (!Array.isArray(elements)) return undefined;
    return elements.map((value: unknown) => ({ value, text: JSON.stringify(value) }));
  } catch {
    return undefined;
  }
}

/** Whether `parseExact` returned the value for a number that JavaScript can't represent. */
export const isExactNumber = (value: unknown): boolean => Object(JSON).isRawJSON(value);

/** A JSON object: neither an array nor null, nor a number that `parseExact` kept as it was. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);

/**
 * A value of parsed JSON as text, the JSON text of what is none. Not by `String`, which throws for a number that JavaScript can't
 * represent.
 */
export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

/** SQS puts U+FFFD in their place ("SendMessage", API Reference). JSON can escape them. */
const NOT_OF_SQS = /[\ufffe\uffff]/g;

/** The same JSON text, of characters that SQS keeps. */
export const toSqsText = (json: string): string =>
  json.replace(NOT_OF_SQS, (character) => `\\u${character.charCodeAt(0).toString(16)}`);

/** Parses a text; `undefined` if it is not a JSON object, or is nested deeper than 100 levels. */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    requireShallow(text);
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
