import { isExactNumber, isJsonObject, type JsonObject } from '#common/json.ts';
import type {
  Conditions,
  Expression,
  Fields,
  Step,
  Target,
  Template,
  Value,
} from '../definition.ts';
import { MappingError } from '../errors.ts';
import type { WantedValues } from '../ports.ts';
import { isRecordId } from './results.ts';

/** Evaluates an expression in the scope of an execution, or of one of its items. */
export type Evaluator = (expression: Expression) => Promise<unknown>;

const isExpression = (value: Template): value is Expression => 'source' in value;

/** The value that a mapping has at a place, evaluated if it is an expression. */
export async function evaluateValue(value: Value, evaluate: Evaluator): Promise<unknown> {
  return isExpression(value) ? evaluate(value) : value.constant;
}

/** A value with expressions anywhere in it. What an expression leaves undefined is left out of a map, and null in a list. */
export async function fillTemplate(template: Template, evaluate: Evaluator): Promise<unknown> {
  if (!('map' in template) && !('list' in template)) return evaluateValue(template, evaluate);
  if ('list' in template) {
    const filled: unknown[] = [];
    for (const one of template.list) filled.push((await fillTemplate(one, evaluate)) ?? null);
    return filled;
  }
  const entries: [string, unknown][] = [];
  for (const [name, one] of Object.entries(template.map)) {
    const value = await fillTemplate(one, evaluate);
    if (value !== undefined) entries.push([name, value]);
  }
  return Object.fromEntries(entries);
}

/** `key` and `item-key` are evaluated before any `when`. */
const remedies: Readonly<Record<string, string>> = {
  key: 'use a default, such as … ?: id',
  'item-key': 'use a default, or leave the item out of each',
};

const missing = (place: string): MappingError =>
  new MappingError(
    'MAPPING_VALUE_MISSING',
    { place },
    `has no value: ${remedies[place] ?? 'guard the step with when:'}`,
  );

const isMissing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (Array.isArray(value) && value.length === 0);

const invalid = (place: string, expected: string): MappingError =>
  new MappingError('MAPPING_EXPRESSION', { place }, `must give ${expected}`);

/**
 * The text of a value that identifies something: `key`, `item-key`, `id`, `by`.
 *
 * @throws MappingError `MAPPING_VALUE_MISSING` when there is none, `MAPPING_EXPRESSION` when it is not a single value.
 */
export function requireKey(value: unknown, place: string): string {
  if (isMissing(value)) throw missing(place);
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || isExactNumber(value))
    return JSON.stringify(value);
  throw invalid(place, 'one text or number, such as $string(…)');
}

type Guarded = Pick<Step, 'when' | 'unless'>;

/**
 * Whether `when` or `unless` holds.
 *
 * @throws MappingError `MAPPING_EXPRESSION` for a text or a number, because "false" and "0" would hold.
 */
function isTrue(value: unknown, place: string): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.length > 0;
  if (isJsonObject(value)) return true;
  throw invalid(place, 'true or false, a record or a list: compare, as in … = "true"');
}

/** Whether `when` or `unless` skips a step, or an item of it. */
export async function isSkipped({ when, unless }: Guarded, evaluate: Evaluator): Promise<boolean> {
  if (when && !isTrue(await evaluate(when), 'when')) return true;
  return unless !== undefined && isTrue(await evaluate(unless), 'unless');
}

/** The field's value as it is sent; `undefined`: the field is left out. */
function fieldValue(value: unknown, place: string, nulls: 'clear' | 'keep'): unknown {
  if (value === null) return nulls === 'clear' ? null : undefined;
  if (Array.isArray(value)) throw invalid(place, 'one value, not a list: use $join or [0]');
  return value;
}

/**
 * The fields of a write as they are sent.
 *
 * @throws MappingError for a list (mappings.md, "Values"), and for a parent whose external id is null or empty.
 */
export async function fieldsOf(
  fields: Fields,
  nulls: 'clear' | 'keep',
  evaluate: Evaluator,
): Promise<JsonObject> {
  const entries: [string, unknown][] = [];
  for (const [name, field] of Object.entries(fields)) {
    const place = `fields.${name}`;
    const value =
      'parent' in field
        ? await parentOf(field.parent, place, evaluate)
        : await evaluateValue(field, evaluate);
    const sent = fieldValue(value, place, nulls);
    if (sent !== undefined) entries.push([name, sent]);
  }
  return Object.fromEntries(entries);
}

async function parentOf(
  { field, value }: { readonly field: string; readonly value: Value },
  place: string,
  evaluate: Evaluator,
): Promise<JsonObject | undefined> {
  const id = await evaluateValue(value, evaluate);
  return id === undefined ? undefined : { [field]: requireKey(id, `${place}.${field}`) };
}

/** The record that a write is about. `record`: as a request has it; absent: an upsert without an id, which creates. */
export interface ResolvedTarget {
  readonly by?: string;
  readonly record?: string;
}

/** @throws MappingError when the value is missing, unless `isOptional`, or is not an id where one is needed. */
export async function targetOf(
  target: Target,
  evaluate: Evaluator,
  { isOptional }: { readonly isOptional: boolean },
): Promise<ResolvedTarget> {
  if ('by' in target) {
    const { field, value } = target.by;
    const key = requireKey(await evaluateValue(value, evaluate), `by.${field}`);
    return { by: field, record: `${field}/${key}` };
  }
  const id = await evaluateValue(target.id, evaluate);
  if (isOptional && isMissing(id)) return {};
  const record = requireKey(id, 'id');
  if (!isRecordId(record)) throw invalid('id', 'a record id of 15 or 18 characters');
  return { record };
}

/** The values of one condition that a record can have; none: the condition finds nothing. */
const wanted = (value: unknown): readonly unknown[] =>
  (Array.isArray(value) ? value : [value]).filter((one) => !isMissing(one));

/** The alternatives of a `where` in which every field has a value: a missing key never widens what is found. */
export async function alternativesOf(
  where: readonly Conditions[],
  evaluate: Evaluator,
): Promise<WantedValues[]> {
  const alternatives: WantedValues[] = [];
  for (const conditions of where) {
    const entries: [string, readonly unknown[]][] = [];
    for (const [field, value] of Object.entries(conditions))
      entries.push([field, wanted(await evaluateValue(value, evaluate))]);
    if (entries.every(([, values]) => values.length > 0))
      alternatives.push(Object.fromEntries(entries));
  }
  return alternatives;
}
