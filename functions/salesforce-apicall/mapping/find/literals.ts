import { isExactNumber } from '#common/json.ts';
import { MappingError } from '../errors.ts';
import { isRecordId } from '../execution/results.ts';
import { foldText } from './fold.ts';

/** A value of a condition: as SOQL writes it, and as it is recognized in a row. */
export interface Literal {
  readonly soql: string;
  readonly fold: string;
}

const codeOf = (one: string): string => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * A text as a quoted literal ("Quoted String Escape Sequences", SOQL and SOSL Reference). Control characters and line separators are
 * written as codes; so is the `@` of `@{`, in which Composite would read a reference to another subrequest's response.
 */
export const quote = (text: string): string =>
  `'${text.replace(/[\\']/g, '\\$&').replace(/\p{Cc}|[\u2028\u2029]|@(?=\{)/gu, codeOf)}'`;

/** The longest literal ("Salesforce Developer Limits and Allocations Quick Reference"). No text that can be compared is longer. */
const MAX_LITERAL = 4_000;

const NUMBERS = new Set(['int', 'long', 'double', 'currency', 'percent']);
const IDS = new Set(['id', 'reference']);

interface TimeType {
  readonly pattern: RegExp;
  readonly words: string;
}

/** Types that SOQL writes without quotes ("Date Formats and Date Literals in WHERE"). */
const TIMES: Readonly<Record<string, TimeType>> = {
  date: { pattern: /^\d{4}-\d{2}-\d{2}$/, words: 'a date, as $date(…) gives it' },
  datetime: {
    pattern: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?(?:Z|[+-]\d{2}:\d{2})$/,
    words: 'a time by RFC 3339, such as 2026-01-31T12:00:00Z',
  },
  time: {
    pattern: /^\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z$/,
    words: 'a time of day, such as 12:00:00.000Z',
  },
};

/** How a value of a type is recognized, in a condition and in a row. */
export function foldAs(type: string, value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  if (NUMBERS.has(type)) return String(Number(text));
  if (IDS.has(type)) return text.slice(0, 15);
  if (type === 'datetime') return String(Date.parse(text));
  return foldText(text);
}

const wrongType = (place: string, expected: string): MappingError =>
  new MappingError('MAPPING_EXPRESSION', { place }, `must give ${expected}`);

function numberLiteral(type: string, value: unknown, place: string): string {
  if (typeof value === 'number' || isExactNumber(value)) return JSON.stringify(value);
  throw wrongType(place, `a number, because the field is one (${type}): use $number(…)`);
}

function booleanLiteral(value: unknown, place: string): string {
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  throw wrongType(place, 'true or false, because the field is a checkbox');
}

/** A value that SOQL writes without quotes; `undefined`: the type has quotes. */
function unquoted(type: string, value: unknown, place: string): string | undefined {
  if (NUMBERS.has(type)) return numberLiteral(type, value, place);
  if (type === 'boolean') return booleanLiteral(value, place);
  const time = TIMES[type];
  if (time === undefined) return undefined;
  if (typeof value === 'string' && time.pattern.test(value)) return value;
  throw wrongType(place, time.words);
}

/**
 * A value as a literal of a field's type, by the object's description; `undefined`: no record can have it.
 *
 * @throws MappingError when the value is of another type. It says which function makes it one.
 */
export function toLiteral(type: string, value: unknown, place: string): Literal | undefined {
  const soql = unquoted(type, value, place);
  if (soql !== undefined) return { soql, fold: foldAs(type, value) };
  if (typeof value !== 'string')
    throw wrongType(place, `a text, because the field is one (${type}): use $string(…)`);
  if (IDS.has(type) && !isRecordId(value))
    throw wrongType(place, 'a record id of 15 or 18 characters');
  if (value.length > MAX_LITERAL || !value.isWellFormed()) return undefined;
  return { soql: quote(value), fold: foldAs(type, value) };
}
