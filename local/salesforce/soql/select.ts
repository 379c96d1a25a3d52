import type { FieldFunctionExpression, FieldType, Query } from '@jetstreamapp/soql-parser-js';
import { apiError } from '../errors.ts';
import type { Row } from '../org/database.ts';
import { type Field, isCustom } from '../org/fields.ts';
import type { SObjectType } from '../org/schema.ts';
import { malformed, unsupported } from './errors.ts';
import { follow, type Hop, type Path, pathOf, readField, resolve, type Scope } from './paths.ts';

/** A record as it is returned. */
export type SelectedRecord = Record<string, unknown>;

/** Compiles the selected children of a parent: a function of the parent's id. */
export type CompileChildren = (
  subquery: Extract<FieldType, { type: 'FieldSubquery' }>['subquery'],
) => { readonly name: string; readonly childrenOf: (parentId: string) => unknown };

/** The columns of a record and, by relationship, of its parents, in the order in which they were selected. */
interface Shape {
  readonly columns: Map<string, (row: Row, type: SObjectType) => unknown>;
  readonly parents: Map<string, Shape>;
}

/** "SOQL and SOSL Reference", FIELDS(). */
const MAX_LIMIT_OF_FIELDS = 200;

const newShape = (): Shape => ({ columns: new Map(), parents: new Map() });

/** Calls the parents of a polymorphic reference records of the object `Name`, as Salesforce does. */
function recordOf(
  { urlOf }: Scope,
  { columns }: Shape,
  [type, row]: [SObjectType, Row],
  typeName = type.name,
): SelectedRecord {
  const record: SelectedRecord = {
    attributes: { type: typeName, url: urlOf(type, row.Id) },
  };
  for (const [name, read] of columns) record[name] = read(row, type);
  return record;
}

function parentShape(scope: Scope, shape: Shape, hop: Hop): Shape {
  const known = shape.parents.get(hop.name);
  if (known !== undefined) return known;
  const parents = newShape();
  shape.parents.set(hop.name, parents);
  shape.columns.set(hop.name, (row) => {
    const parent = follow(scope, hop, row);
    return parent ? recordOf(scope, parents, parent, hop.target ? undefined : 'Name') : null;
  });
  return parents;
}

function addField(scope: Scope, shape: Shape, { hops, field }: Path): void {
  const target = hops.reduce((parent, hop) => parentShape(scope, parent, hop), shape);
  if (target.columns.has(field.name))
    throw apiError(400, 'INVALID_FIELD', `duplicate field selected: ${field.name}`);
  const isObjectName =
    field.name === 'Type' && hops.length > 0 && hops.at(-1)?.target === undefined;
  target.columns.set(field.name, (row, type) =>
    isObjectName ? type.name : (row[field.name] ?? null),
  );
}

/** The fields of `FIELDS(ALL)`, `FIELDS(STANDARD)` or `FIELDS(CUSTOM)`. */
function fieldsOf(
  { org, type }: Scope,
  { parameters }: FieldFunctionExpression,
  limit: number | undefined,
): Field[] {
  const which = String(parameters[0]).toUpperCase();
  if (!['ALL', 'STANDARD', 'CUSTOM'].includes(which))
    throw malformed(`unexpected token: '${String(parameters[0])}'`);
  if (which !== 'STANDARD' && (limit === undefined || limit > MAX_LIMIT_OF_FIELDS))
    throw malformed(`The SOQL FIELDS function must have a LIMIT of at most ${MAX_LIMIT_OF_FIELDS}`);
  return type.fields
    .filter((field) => org.permissions.canRead(type, field))
    .filter((field) => which === 'ALL' || isCustom(field.name) === (which === 'CUSTOM'));
}

/** @throws ApiError for the functions that the simulator does not run. */
function addFunction(
  scope: Scope,
  shape: Shape,
  expression: FieldFunctionExpression,
  limit: number | undefined,
): void {
  const { functionName, rawValue } = expression;
  if (functionName.toUpperCase() !== 'FIELDS') throw unsupported(rawValue ?? functionName);
  for (const field of fieldsOf(scope, expression, limit))
    addField(scope, shape, { hops: [], field, read: readField(scope, [], field) });
}

function add(
  scope: Scope,
  shape: Shape,
  selected: FieldType,
  limit: number | undefined,
  compileChildren: CompileChildren,
): void {
  switch (selected.type) {
    case 'FieldFunctionExpression':
      addFunction(scope, shape, selected, limit);
      break;
    case 'FieldSubquery': {
      const { name, childrenOf } = compileChildren(selected.subquery);
      shape.columns.set(name, (row) => childrenOf(row.Id));
      break;
    }
    case 'FieldTypeof':
      throw unsupported('TYPEOF');
    default:
      if ('alias' in selected && selected.alias !== undefined)
        throw malformed('only aggregate expressions use field aliasing');
      addField(scope, shape, resolve(scope, pathOf(selected)));
  }
}

/** Compiles SELECT to a function that makes a record of a row. @throws ApiError for everything that is wrong in it. */
export function compileSelect(
  scope: Scope,
  { fields = [], limit }: Pick<Query, 'fields' | 'limit'>,
  compileChildren: CompileChildren,
): (row: Row) => SelectedRecord {
  const shape = newShape();
  for (const selected of fields) add(scope, shape, selected, limit, compileChildren);
  return (row) => recordOf(scope, shape, [scope.type, row]);
}
