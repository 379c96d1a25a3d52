import type { ApiError } from '../errors.ts';
import type { Field } from '../org/fields.ts';
import { filterError } from './errors.ts';
import { matcherOf, textOf } from './literals.ts';
import {
  type Comparable,
  comparableOf,
  type Literal,
  type Operand,
  operandOf,
  requireLiteral,
} from './operands.ts';

export interface Comparison {
  readonly field: Field;
  readonly operator: string;
  readonly literals: readonly Literal[];
}

interface Context {
  readonly statement: string;
  readonly now: Date;
}

type Test = (value: unknown) => boolean;

const isEqual = (value: Comparable, { from, to }: NonNullable<Operand>): boolean =>
  to === undefined ? value === from : value >= from && value < to;

/** Comparisons with a value or with the range of a date literal: `<= TODAY` includes the whole day. */
const ORDERED: Readonly<
  Record<string, (value: Comparable, operand: NonNullable<Operand>) => boolean>
> = {
  '<': (value, { from }) => value < from,
  '<=': (value, { from, to }) => (to === undefined ? value <= from : value < to),
  '>': (value, { from, to }) => (to === undefined ? value > from : value >= to),
  '>=': (value, { from }) => value >= from,
};

const TEXT_TYPES = [
  'string',
  'textarea',
  'picklist',
  'multipicklist',
  'combobox',
  'email',
  'phone',
  'url',
  'anyType',
];

function invalidOperator({ statement }: Context, { name, type }: Field): ApiError {
  const kind = type === 'reference' ? 'id' : type;
  const text = `invalid operator on ${kind} field`;
  return filterError(statement, name, 'INVALID_QUERY_FILTER_OPERATOR', text);
}

/** Any of the values. Rows without a value are in no list, and so in NOT IN. */
function inList(context: Context, { field, literals }: Comparison): Test {
  const operands = literals.map((literal) =>
    operandOf(context.statement, field, literal, context.now),
  );
  const values = new Set(
    operands.flatMap((operand) => (operand?.to === undefined && operand ? [operand.from] : [])),
  );
  const ranges = operands
    .filter((operand) => operand !== null)
    .filter(({ to }) => to !== undefined);
  const hasNull = operands.includes(null);
  return (value) => {
    const comparable = comparableOf(field, value);
    if (comparable === null) return hasNull;
    return values.has(comparable) || ranges.some((range) => isEqual(comparable, range));
  };
}

/** `INCLUDES ('a;b', 'c')`: both a and b, or c. */
function includes(context: Context, { field, literals }: Comparison): Test {
  if (field.type !== 'multipicklist') throw invalidOperator(context, field);
  const partsOf = (text: string): string[] => text.toLowerCase().split(';');
  const wanted = literals.map(({ value }) => partsOf(textOf(value)));
  return (value) => {
    const chosen = new Set(typeof value === 'string' ? partsOf(value) : []);
    return wanted.some((parts) => parts.every((part) => chosen.has(part)));
  };
}

function like(context: Context, { field, literals: [literal] }: Comparison): Test {
  if (!TEXT_TYPES.includes(field.type)) throw invalidOperator(context, field);
  if (literal === undefined || literal.type === 'NULL') return () => false;
  requireLiteral(context.statement, field, literal);
  const isMatch = matcherOf(literal.value);
  return (value) => typeof value === 'string' && isMatch(value);
}

/** `= null` of a checkbox means false ("SOQL and SOSL Reference", Use null in WHERE). */
const nullOf = ({ type }: Field, operand: Operand): Operand =>
  operand === null && type === 'boolean' ? { from: false } : operand;

function equal(context: Context, { field, literals: [literal] }: Comparison): Test {
  const given = literal ? operandOf(context.statement, field, literal, context.now) : null;
  const operand = nullOf(field, given);
  return (value) => {
    const comparable = comparableOf(field, value);
    if (operand === null || comparable === null) return operand === comparable;
    return isEqual(comparable, operand);
  };
}

/** A row without a value is neither less nor greater than anything. */
function ordered(context: Context, { field, operator, literals: [literal] }: Comparison): Test {
  const compare = ORDERED[operator];
  if (compare === undefined || ['boolean', 'multipicklist'].includes(field.type))
    throw invalidOperator(context, field);
  const operand = literal ? operandOf(context.statement, field, literal, context.now) : null;
  return (value) => {
    const comparable = comparableOf(field, value);
    return comparable !== null && operand !== null && compare(comparable, operand);
  };
}

const not =
  (test: Test): Test =>
  (value) =>
    !test(value);

/** Compiles a comparison to a test of a field's value. @throws ApiError for operators and literals that the field's type refuses. */
export function testOf(context: Context, comparison: Comparison): Test {
  switch (comparison.operator.toUpperCase()) {
    case '=':
      return equal(context, comparison);
    case '!=':
    case '<>':
      return not(equal(context, comparison));
    case 'IN':
      return inList(context, comparison);
    case 'NOT IN':
      return not(inList(context, comparison));
    case 'LIKE':
      return like(context, comparison);
    case 'INCLUDES':
      return includes(context, comparison);
    case 'EXCLUDES':
      return not(includes(context, comparison));
    default:
      return ordered(context, comparison);
  }
}
