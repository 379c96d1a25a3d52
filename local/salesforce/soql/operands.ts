import type { Field, FieldType } from '../org/fields.ts';
import { isId, toLongId } from '../org/ids.ts';
import { timestamp } from '../org/values.ts';
import { daysOf } from './date-literals.ts';
import { filterError, unsupported } from './errors.ts';
import { textOf } from './literals.ts';

/** A literal as the parser gives it: strings with their quotes. */
export interface Literal {
  readonly type: string;
  readonly value: string;
}

export type Comparable = string | number | boolean;

/** What a field is compared with: a value, the range of a date literal (`to` is not included), or null. */
export type Operand = { readonly from: Comparable; readonly to?: Comparable } | null;

const NUMBERS = ['INTEGER', 'DECIMAL'];
const DAYS = ['DATE_LITERAL', 'DATE_N_LITERAL'];

/** The literals that a field takes, and the type's name in error messages. */
const EXPECTED: Partial<Record<FieldType, readonly [string, readonly string[]]>> = {
  boolean: ['boolean', ['BOOLEAN']],
  int: ['int', ['INTEGER']],
  double: ['double', NUMBERS],
  currency: ['currency', NUMBERS],
  percent: ['percent', NUMBERS],
  date: ['date', ['DATE', ...DAYS]],
  datetime: ['dateTime', ['DATETIME', ...DAYS]],
  time: ['time', []],
};

const TEXT = ['string', ['STRING']] as const;

/** @throws ApiError INVALID_FIELD when a literal has the wrong type ("SOQL and SOSL Reference", fieldExpression Syntax; text as public reports quote it). */
export function requireLiteral(statement: string, { name, type }: Field, literal: Literal): void {
  if (literal.type.endsWith('CURRENCY_PREFIX')) throw unsupported('a number with a currency code');
  const [kind, accepted] = EXPECTED[type] ?? TEXT;
  if (accepted.includes(literal.type)) return;
  const quotes = kind === 'string' ? 'should be enclosed' : 'should not be enclosed';
  const text = `value of filter criterion for field '${name}' must be of type ${kind} and ${quotes} in quotes`;
  throw filterError(statement, name, 'INVALID_FIELD', text);
}

/** Text as it is compared: regardless of case but for unique case-sensitive fields ("SOQL and SOSL Reference", Comparison Operators). */
const textIn = ({ unique, caseSensitive }: Field, text: string): string =>
  unique === true && caseSensitive === true ? text : text.toLowerCase();

const isIdField = ({ type }: Field): boolean => type === 'id' || type === 'reference';

/** A stored value as it is compared. */
export function comparableOf(field: Field, value: unknown): Comparable | null {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'string' || value === '') return null;
  if (isIdField(field) || field.type === 'date' || field.type === 'datetime') return value;
  return textIn(field, value);
}

function idOf(statement: string, { name }: Field, id: string): string {
  if (isId(id)) return toLongId(id);
  throw filterError(statement, name, 'INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${id}`);
}

function dateOf(statement: string, { name }: Field, value: string): string {
  const day = new Date(value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  if (!Number.isNaN(day.getTime()))
    return value.includes('T') ? timestamp(day) : day.toISOString().slice(0, 10);
  throw filterError(statement, name, 'MALFORMED_QUERY', `Invalid date: ${value}`);
}

/** Days as a range of a date or, from midnight to midnight UTC, of a time. */
function rangeOf({ type }: Field, { value }: Literal, now: Date): Operand {
  const days = daysOf(value, now);
  if (days === undefined) throw unsupported(`the date literal ${value}`);
  const start = (day: string): string => (type === 'date' ? day : `${day}T00:00:00.000+0000`);
  return { from: start(days.from), to: start(days.to) };
}

/**
 * A literal in the form in which values of the field are compared.
 *
 * @throws ApiError for a literal of the wrong type, and for ids and dates that can't exist.
 */
export function operandOf(statement: string, field: Field, literal: Literal, now: Date): Operand {
  if (literal.type === 'NULL') return null;
  requireLiteral(statement, field, literal);
  if (DAYS.includes(literal.type)) return rangeOf(field, literal, now);
  switch (literal.type) {
    case 'BOOLEAN':
      return { from: literal.value.toUpperCase() === 'TRUE' };
    case 'INTEGER':
    case 'DECIMAL':
      return { from: Number(literal.value) };
    case 'DATE':
    case 'DATETIME':
      return { from: dateOf(statement, field, literal.value) };
    default: {
      const text = textOf(literal.value);
      if (text === '') return null;
      return { from: isIdField(field) ? idOf(statement, field, text) : textIn(field, text) };
    }
  }
}
