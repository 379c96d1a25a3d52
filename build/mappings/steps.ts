import type {
  Fields,
  FindStep,
  Step,
  Target,
} from '../../functions/salesforce-apicall/mapping/definition.ts';
import type { Path } from './document.ts';
import type { Names } from './expression-check.ts';
import type { StepOf, Verb } from './shape.ts';
import { instead } from './suggest.ts';
import type { ValueCompiler } from './values.ts';

/** What compiling a step needs. */
export interface StepContext {
  readonly compiler: ValueCompiler;
  readonly at: Path;
  /** As in `Step`. */
  readonly name: string;
  /** With `$item` and `$index`, if the step has `each`. */
  readonly names: Names;
  /** Without them. */
  readonly outerNames: Names;
}

/** Without what is `undefined`: the bundle has no such keys. */
const defined = <Shape extends object>(shape: Shape): Shape =>
  Object.assign(
    {},
    ...Object.entries(shape).map(([key, value]) => (value === undefined ? {} : { [key]: value })),
  );

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

type Write = StepOf<Exclude<Verb, 'find'>>;

function guards(step: Pick<Write, 'as' | 'when' | 'unless'>, context: StepContext) {
  const { compiler, at, name, names } = context;
  return {
    name,
    as: step.as,
    when: compiler.optionalExpression(step.when, [...at, 'when'], 'when', names),
    unless: compiler.optionalExpression(step.unless, [...at, 'unless'], 'unless', names),
  };
}

function anyWrite(step: Write, context: StepContext) {
  const { compiler, at, names, outerNames } = context;
  const itemKey = step['item-key'];
  if (step.each === undefined && itemKey !== undefined)
    compiler.report([...at, 'item-key'], 'is of no use without each — add each, or leave it out');
  return {
    ...guards(step, context),
    each: compiler.optionalExpression(step.each, [...at, 'each'], 'each', outerNames),
    itemKey: compiler.optionalExpression(itemKey, [...at, 'item-key'], 'item-key', names),
    fit: step.fit,
    headers: step.headers && compiler.values(step.headers, [...at, 'headers'], 'headers', names),
  };
}

function compileFields(
  raw: StepOf<'create'>['fields'],
  { compiler, at, names }: StepContext,
): Fields {
  const entries = Object.entries(raw).map(([field, value]): [string, Fields[string]] => {
    const path = [...at, 'fields', field];
    const place = `fields.${field}`;
    if (typeof value !== 'object' || value === null)
      return [field, compiler.value(value, path, place, names)];
    const [[key = '', inner] = []] = Object.entries(value);
    const id = compiler.value(inner, [...path, key], `${place}.${key}`, names);
    return [field, { parent: { field: key, value: id } }];
  });
  return Object.fromEntries(entries);
}

function compileTarget(
  { by, id }: Pick<StepOf<'update'>, 'by' | 'id'>,
  { compiler, at, names }: StepContext,
): Target {
  if ((by === undefined) === (id === undefined))
    compiler.report(at, 'needs one of by and id — write by: {External_Id__c: value}, or id: value');
  if (by === undefined) return { id: compiler.value(id, [...at, 'id'], 'id', names) };
  const [[field = '', value] = []] = Object.entries(by);
  const place = `by.${field}`;
  if (isEmpty(value))
    compiler.report(
      [...at, 'by', field],
      'is empty, which identifies no record — write a value, or an expression',
    );
  return { by: { field, value: compiler.value(value, [...at, 'by', field], place, names) } };
}

const isEmpty = (value: unknown): boolean => value === null || value === '';

/** Fields that the request has elsewhere, and lengths of fields that it doesn't have. */
function checkFields(
  step: StepOf<'create'> | StepOf<'upsert'> | StepOf<'update'>,
  { compiler, at }: StepContext,
): void {
  const fields = Object.keys(step.fields);
  const [place, key] =
    'create' in step ? ['once', step.once] : ['by', Object.keys(step.by ?? {})[0]];
  const repeated = fields.filter((field) => field !== fields.find((one) => same(one, field)));
  for (const field of repeated)
    compiler.report([...at, 'fields', field], 'is a field that is there already — keep one');
  for (const field of fields.filter((one) => same(one, key ?? '')))
    compiler.report([...at, 'fields', field], `is the field of ${place} — leave it out of fields`);
  for (const field of Object.keys(step.fit ?? {}))
    if (!fields.includes(field))
      compiler.report([...at, 'fit', field], `is not one of fields${instead(field, fields)}`);
}

function compileWhere(
  where: StepOf<'find'>['where'],
  { compiler, at, names }: StepContext,
): FindStep['where'] {
  const compile = (conditions: Readonly<Record<string, unknown>>, path: Path, place: string) => {
    for (const field of Object.keys(conditions).filter((one) => isEmpty(conditions[one]))) {
      const remedy = `for records without a value, write filter: "${field} = null"`;
      compiler.report([...path, field], `is empty, and finds nothing — ${remedy}`);
    }
    return compiler.values(conditions, path, place, names);
  };
  if (!Array.isArray(where)) return [compile(where, [...at, 'where'], 'where')];
  return where.map((one, index) => compile(one, [...at, 'where', index], `where[${index}]`));
}

const orderFields = (order: string): string[] =>
  order.split(',').map((term) => term.trim().split(' ')[0] ?? '');

/** The fields of a find, each once however it is spelled. `Id` comes first. */
export function selectedFields({ select = [], where, order }: StepOf<'find'>): string[] {
  const alternatives = Array.isArray(where) ? where : [where];
  const all = [
    'Id',
    ...select,
    ...alternatives.flatMap((one) => Object.keys(one)),
    ...(order === undefined ? [] : orderFields(order)),
  ];
  return all.filter((field, index) => all.findIndex((one) => same(one, field)) === index);
}

const withId = (order: string): string =>
  orderFields(order).some((field) => same(field, 'Id')) ? order : `${order}, Id`;

/** A condition that ends before its text does would stand beside `where`, instead of narrowing it. */
function isWhole(soql: string): boolean {
  const bare = soql.replaceAll(/'(?:[^'\\]|\\.)*'/g, '');
  let depth = 0;
  for (const one of bare) {
    if (one === '(') depth += 1;
    if (one === ')') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0 && !bare.includes("'");
}

function compileFind(step: StepOf<'find'>, context: StepContext): FindStep {
  const { compiler, at } = context;
  const { find: object, as, many = 'fail', none = 'continue', order, filter } = step;
  if (many === 'first' && order === undefined)
    compiler.report(
      [...at, 'many'],
      'needs an order — write one such as order: "CreatedDate DESC"',
    );
  if (filter?.includes('{%'))
    compiler.report([...at, 'filter'], 'is a constant — put what depends on the event into where');
  if (filter !== undefined && !isWhole(filter))
    compiler.report([...at, 'filter'], 'has quotes or parentheses without an end — close them');
  return defined({
    ...guards(step, context),
    verb: 'find',
    as,
    object,
    where: compileWhere(step.where, context),
    filter,
    select: selectedFields(step),
    order: order === undefined ? undefined : withId(order),
    many,
    none,
  });
}

const ACTIONS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'HEAD'];

function compileCall({ call, ...step }: StepOf<'call'>, context: StepContext): Step {
  const { compiler, at, names } = context;
  const { query, payload, ...rest } = call;
  const { action } = rest;
  const isConstant = typeof action !== 'string' || !action.includes('{%');
  if (isConstant && !ACTIONS.includes(String(action).toUpperCase()))
    compiler.report([...at, 'call', 'action'], `is not one of ${ACTIONS.join(', ')}`);
  const path = [...at, 'call'];
  const value = (key: 'object' | 'record') =>
    compiler.optionalValue(rest[key], [...path, key], key, names);
  return defined({
    ...anyWrite({ call, ...step }, context),
    verb: 'call',
    request: defined({
      action: compiler.value(action, [...path, 'action'], 'action', names),
      resource: compiler.value(rest.resource, [...path, 'resource'], 'resource', names),
      object: value('object'),
      record: value('record'),
      query: query && compiler.values(query, [...path, 'query'], 'query', names),
      payload:
        payload === undefined
          ? undefined
          : compiler.template(payload, [...path, 'payload'], 'payload', names),
    }),
  });
}

type RecordWrite = StepOf<'create'> | StepOf<'upsert'> | StepOf<'update'>;

function compileRecordWrite(step: RecordWrite, context: StepContext): Step {
  checkFields(step, context);
  const base = {
    ...anyWrite(step, context),
    nulls: step.nulls ?? 'clear',
    fields: compileFields(step.fields, context),
  };
  if ('create' in step)
    return defined({ ...base, verb: 'create', object: step.create, once: step.once });
  const target = compileTarget(step, context);
  if ('upsert' in step) return defined({ ...base, verb: 'upsert', object: step.upsert, target });
  return defined({ ...base, verb: 'update', object: step.update, target });
}

/** Compiles a step that has its verb's shape. */
export function compileStep(
  step: { readonly [Word in Verb]: StepOf<Word> }[Verb],
  context: StepContext,
): Step {
  if ('find' in step) return compileFind(step, context);
  if ('call' in step) return compileCall(step, context);
  if (!('delete' in step)) return compileRecordWrite(step, context);
  const target = compileTarget(step, context);
  return defined({ ...anyWrite(step, context), verb: 'delete', object: step.delete, target });
}
