import { isExactNumber, type JsonObject } from '#common/json.ts';
import { FunctionError, LimitError } from '../errors.ts';
import { DEPTH, RESULT, VALUE } from './limits.ts';

const { rawJSON }: { readonly rawJSON: (text: string) => unknown } = Object(JSON);

/** JSONata writes a number into a text with this many digits. */
const DIGITS = 15;

const hasMoreDigits = (value: number): boolean =>
  value.toString().replace(/^-?0?\.?0*|e.*$|\./g, '').length > DIGITS;

const isContainer = (value: unknown): value is JsonObject | readonly unknown[] =>
  typeof value === 'object' && value !== null && !isExactNumber(value);

const ownEntries = (value: object): [string, unknown][] => Object.entries(value);

/**
 * An event, or a record, as expressions see it: its own copy, in which a number of more than 15 digits is one of
 * `JSON.rawJSON`. So it passes with all its digits, and arithmetic on it fails instead of losing some.
 */
export function toInput(value: unknown): unknown {
  if (typeof value === 'number') return hasMoreDigits(value) ? rawJSON(String(value)) : value;
  if (!isContainer(value)) return value;
  if (Array.isArray(value)) return value.map(toInput);
  return Object.fromEntries(ownEntries(value).map(([key, field]) => [key, toInput(field)]));
}

/** Whether JSONata calls a value a function: a lambda, one of its own, or a regular expression. */
const isFunction = (value: unknown): boolean =>
  typeof value === 'function' ||
  (isContainer(value) &&
    ('_jsonata_function' in value || '_jsonata_lambda' in value) &&
    !Array.isArray(value));

class Budget {
  #left = RESULT;

  spend(amount: number): void {
    this.#left -= amount;
    if (this.#left < 0)
      throw new LimitError(`gives more than ${RESULT} characters, or ${RESULT / VALUE} values`);
  }
}

function copyLeaf(value: unknown): unknown {
  if (isFunction(value)) throw new FunctionError('gives a function: call it with ()');
  const number = isExactNumber(value) ? Number(JSON.stringify(value)) : value;
  if (typeof number === 'number' && !Number.isFinite(number))
    throw new FunctionError('gives a number that is not finite');
  return value;
}

function copyBelow(value: unknown, depth: number, budget: Budget): unknown {
  budget.spend(typeof value === 'string' ? value.length : VALUE);
  if (!isContainer(value) || isFunction(value)) return copyLeaf(value);
  if (depth === DEPTH) throw new LimitError(`gives values nested deeper than ${DEPTH} levels`);
  if (Array.isArray(value)) return value.map((item) => copyBelow(item, depth + 1, budget));
  const fields = ownEntries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(
    fields.map(([key, field]) => [key, copyBelow(field, depth + 1, budget)]),
  );
}

/**
 * A copy of what an expression gave: JSONata's results share objects with the event and with each other, and its arrays
 * have properties of their own. Exact numbers stay exact.
 *
 * @throws FunctionError for a function, NaN or Infinity anywhere in it, LimitError when it is too deep or too large.
 */
export const copyResult = (value: unknown): unknown => copyBelow(value, 0, new Budget());

/** The JSON text of a value, bounded before it is made. */
export function toBoundedJson(value: unknown, space: number): string {
  return JSON.stringify(copyResult(value), undefined, space);
}
