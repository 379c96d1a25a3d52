import type { JsonObject } from '#common/json.ts';
import type { CallStep, Mapping, Value, WriteStep } from '../definition.ts';
import { MappingError } from '../errors.ts';
import type { Evaluate, Scope } from '../expression/evaluator.ts';
import {
  type Evaluator,
  evaluateValue,
  fieldsOf,
  fillTemplate,
  isSkipped,
  requireKey,
  targetOf,
} from './fields.ts';
import type { WriteResult } from './state.ts';

/** A write that is to be made. */
export interface PendingWrite {
  /** The item's key; for a step without `each`, an empty text. */
  readonly key: string;
  /** Data of a request (request/schema.ts), which is validated when it is made. */
  readonly data: JsonObject;
}

/** What a step writes. */
export interface StepWrites {
  /** Without what is skipped, and what has been written before. */
  readonly pending: readonly PendingWrite[];
  /** As in `StepState`. */
  readonly order: readonly (string | null)[];
}

const definedEntries = (entries: readonly (readonly [string, unknown])[]): JsonObject =>
  Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null));

async function valuesOf(
  values: Readonly<Record<string, Value>> | undefined,
  evaluate: Evaluator,
): Promise<JsonObject | undefined> {
  if (values === undefined) return undefined;
  const entries: [string, unknown][] = [];
  for (const [name, value] of Object.entries(values))
    entries.push([name, await evaluateValue(value, evaluate)]);
  return definedEntries(entries);
}

async function callData({ request }: CallStep, evaluate: Evaluator): Promise<JsonObject> {
  const { query, payload, ...values } = request;
  return definedEntries([
    ...Object.entries((await valuesOf(definedValues(values), evaluate)) ?? {}),
    ['query', await valuesOf(query, evaluate)],
    ['payload', payload && (await fillTemplate(payload, evaluate))],
  ]);
}

const definedValues = (
  values: Readonly<Record<string, Value | undefined>>,
): Readonly<Record<string, Value>> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

async function recordData(
  step: Exclude<WriteStep, CallStep>,
  evaluate: Evaluator,
): Promise<JsonObject> {
  const { verb, object } = step;
  const base = { resource: 'sobjects', object };
  const { by, record } =
    verb === 'create'
      ? {}
      : await targetOf(step.target, evaluate, { isOptional: verb === 'upsert' });
  if (verb === 'delete') return { ...base, action: 'DELETE', record };
  const payload = await fieldsOf(step.fields, step.nulls, evaluate);
  if (record === undefined) return { ...base, action: 'POST', payload };
  const isUpdateOnly = verb === 'update' && by !== undefined;
  const query = isUpdateOnly ? { query: { updateOnly: 'true' } } : {};
  return { ...base, action: 'PATCH', record, ...query, payload };
}

/** Evaluates what a step writes; `undefined`: it is skipped. */
async function dataOf(
  step: WriteStep,
  priority: Mapping['priority'],
  evaluate: Evaluator,
): Promise<JsonObject | undefined> {
  if (await isSkipped(step, evaluate)) return undefined;
  const data =
    step.verb === 'call' ? await callData(step, evaluate) : await recordData(step, evaluate);
  const headers = await valuesOf(step.headers, evaluate);
  return {
    ...data,
    priority,
    ...(headers && { headers }),
    ...(step.fit && { fit: step.fit }),
  };
}

/** As many as one step may have (mappings.md, "Ids"). */
const MAX_ITEMS = 1_000;

function toItems(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  const items = Array.isArray(value) ? value : [value];
  if (items.length <= MAX_ITEMS) return items;
  const message = `gives more than ${MAX_ITEMS} items: send the event in parts`;
  throw new MappingError('MAPPING_EXPRESSION', { place: 'each' }, message);
}

interface WriteOptions {
  readonly evaluate: Evaluate;
  readonly scope: Scope;
  /** The items that have been written: nothing but their keys is evaluated again. */
  readonly written: readonly (readonly [key: string, WriteResult])[];
}

/**
 * What a step writes: one record for each item of `each`, or one.
 *
 * @throws MappingError, of an item with its index.
 */
export async function resolveWrites(
  step: WriteStep,
  priority: Mapping['priority'],
  options: WriteOptions,
): Promise<StepWrites> {
  const evaluator: Evaluator = (expression) => options.evaluate(expression, options.scope);
  if (step.each !== undefined)
    return resolveItems(step, priority, toItems(await evaluator(step.each)), options);
  const data = await dataOf(step, priority, evaluator);
  return data === undefined
    ? { pending: [], order: [null] }
    : { pending: [{ key: '', data }], order: [''] };
}

async function resolveItems(
  step: WriteStep,
  priority: Mapping['priority'],
  items: readonly unknown[],
  { evaluate, scope, written }: WriteOptions,
): Promise<StepWrites> {
  const before = new Set(written.map(([key]) => key));
  const pending: PendingWrite[] = [];
  const order: (string | null)[] = [];
  const keys = new Set<string>();
  for (const [index, item] of items.entries()) {
    const variables = { ...scope.variables, item, index };
    const own: Evaluator = (expression) => evaluate(expression, { ...scope, variables });
    const key = await inItem(index, () => itemKeyOf(step, index, own, keys));
    const data = before.has(key)
      ? undefined
      : await inItem(index, () => dataOf(step, priority, own));
    if (data !== undefined) pending.push({ key, data });
    order.push(data !== undefined || before.has(key) ? key : null);
  }
  return { pending, order };
}

/** @throws MappingError with the item's index. */
async function inItem<Result>(index: number, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw error instanceof MappingError ? error.ofItem(index) : error;
  }
}

async function itemKeyOf(
  { itemKey }: WriteStep,
  index: number,
  evaluate: Evaluator,
  keys: Set<string>,
): Promise<string> {
  const key =
    itemKey === undefined ? String(index) : requireKey(await evaluate(itemKey), 'item-key');
  if (keys.has(key)) {
    const message = 'is that of an item before: two records would be taken for one';
    throw new MappingError('MAPPING_ITEM_KEY', { place: 'item-key' }, message);
  }
  keys.add(key);
  return key;
}
