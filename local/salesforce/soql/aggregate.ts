import type {
  FieldFunctionExpression,
  FieldType,
  FunctionExp,
  GroupByClause,
  OrderByClause,
  Query,
  QueryBase,
} from '@jetstreamapp/soql-parser-js';
import type { Row } from '../org/database.ts';
import type { Field } from '../org/fields.ts';
import { testOf } from './comparison.ts';
import { literalsOf, predicateOf, treeOf } from './conditions.ts';
import { malformed, queryError, unsupported } from './errors.ts';
import { comparableOf } from './operands.ts';
import { type Sorted, sortedBy } from './order.ts';
import { pathOf, resolve, type Scope } from './paths.ts';
import type { SelectedRecord } from './select.ts';
import { listOf } from './statement.ts';

/** Rows that have the same values in the fields of GROUP BY. */
type Group = readonly Row[];

type Column = Sorted<Group>;

const NUMBER_TYPES = ['int', 'double', 'currency', 'percent'];
const FUNCTIONS = ['COUNT', 'COUNT_DISTINCT', 'SUM', 'AVG', 'MIN', 'MAX'];

const isFunction = (selected: FieldType): selected is FieldFunctionExpression =>
  selected.type === 'FieldFunctionExpression';

/** Whether a query returns groups instead of records. */
export const isAggregate = ({ fields = [], groupBy }: QueryBase): boolean =>
  groupBy !== undefined ||
  fields
    .filter(isFunction)
    .some(({ functionName }) => FUNCTIONS.includes(functionName.toUpperCase()));

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

function calculate(name: string, field: Field, values: readonly unknown[]): unknown {
  if (name === 'COUNT') return values.length;
  const comparables = values.map((value) => comparableOf(field, value));
  if (name === 'COUNT_DISTINCT') return new Set(comparables).size;
  if (values.length === 0) return null;
  const numbers = values.filter((value) => typeof value === 'number');
  if (name === 'SUM') return sum(numbers);
  if (name === 'AVG') return sum(numbers) / numbers.length;
  const sorted = sortedBy(values, [[{ field, read: (value) => value }, {}]]);
  return sorted.at(name === 'MIN' ? 0 : -1);
}

/** @throws ApiError for functions and parameters that can't be aggregated. */
function aggregateColumn(
  scope: Scope,
  { functionName = '', parameters = [], rawValue }: FunctionExp,
): Column {
  const name = functionName.toUpperCase();
  const [parameter] = parameters;
  if (name === 'COUNT' && parameter === undefined)
    throw malformed('COUNT() must be the only element in the SELECT list');
  if (!FUNCTIONS.includes(name) || typeof parameter !== 'string')
    throw unsupported(rawValue ?? functionName);
  const { field, read } = resolve(scope, parameter);
  if (['SUM', 'AVG'].includes(name) && !NUMBER_TYPES.includes(field.type)) {
    const text = `field ${field.name} does not support aggregate operator ${name}`;
    throw queryError(scope.statement, parameter, 'MALFORMED_QUERY', text);
  }
  const isNumber = !['MIN', 'MAX'].includes(name);
  return {
    field: { name: rawValue ?? name, type: isNumber ? 'double' : field.type },
    read: (rows) =>
      calculate(
        name,
        field,
        rows.map(read).filter((value) => value !== null),
      ),
  };
}

/** Compiles columns of groups: fields must be in GROUP BY, functions have one parameter. */
function createColumns(scope: Scope, clauses: readonly GroupByClause[]) {
  const grouped = new Map(
    clauses.map((clause) => {
      if (!('field' in clause)) throw unsupported('a function in GROUP BY');
      const { hops, field, read } = resolve(scope, clause.field);
      const key = [...hops.map(({ name }) => name), field.name].join('.');
      return [key, { field, read: ([row]: Group): unknown => (row ? read(row) : null) }] as const;
    }),
  );

  const fieldColumn = (path: string): Column => {
    const { hops, field } = resolve(scope, path);
    const column = grouped.get([...hops.map(({ name }) => name), field.name].join('.'));
    if (column !== undefined) return column;
    const text = `Field must be grouped or aggregated: ${field.name}`;
    throw queryError(scope.statement, path, 'MALFORMED_QUERY', text);
  };

  return {
    keyOf: (row: Row): string =>
      JSON.stringify(
        [...grouped.values()].map(({ field, read }) => comparableOf(field, read([row]))),
      ),
    columnOf: (part: { readonly field: string } | { readonly fn: FunctionExp }): Column =>
      'field' in part ? fieldColumn(part.field) : aggregateColumn(scope, part.fn),
  };
}

type Columns = ReturnType<typeof createColumns>;

/** A selected column and the name it gets: an alias or the field's; undefined for a function without an alias. */
function selectedColumn({ columnOf }: Columns, selected: FieldType): [string | undefined, Column] {
  if (isFunction(selected)) return [selected.alias, columnOf({ fn: selected })];
  if (selected.type === 'FieldSubquery' || selected.type === 'FieldTypeof')
    throw malformed('Grouped queries select fields and aggregate functions only');
  const column = columnOf({ field: pathOf(selected) });
  return [('alias' in selected ? selected.alias : undefined) ?? column.field.name, column];
}

/** The columns of SELECT by name; functions without an alias are `expr0`, `expr1`… */
function selectedColumns(columns: Columns, fields: readonly FieldType[]): Map<string, Column> {
  const byName = new Map<string, Column>();
  let unnamed = 0;
  for (const selected of fields) {
    const [given, column] = selectedColumn(columns, selected);
    const name = given ?? `expr${unnamed}`;
    if (given === undefined) unnamed += 1;
    if (byName.has(name)) throw malformed(`duplicate alias: ${name}`);
    byName.set(name, column);
  }
  return byName;
}

function havingTest(scope: Scope, { columnOf }: Columns, { having }: QueryBase) {
  if (having === undefined) return () => true;
  const tree = treeOf(scope.statement, having, (leaf) => {
    if (!('value' in leaf)) throw unsupported('a subquery in HAVING');
    const { field, read } = columnOf('fn' in leaf ? { fn: leaf.fn } : { field: leaf.field });
    const test = testOf(scope, { field, operator: leaf.operator, literals: literalsOf(leaf) });
    return (group: Group) => test(read(group));
  });
  return predicateOf(tree);
}

/**
 * Compiles a query with aggregate functions or GROUP BY: one record for each group, of the type `AggregateResult`.
 *
 * @throws ApiError for everything that is wrong in SELECT, GROUP BY, HAVING and ORDER BY.
 */
export function compileAggregate(scope: Scope, query: Query): (rows: Group) => SelectedRecord[] {
  const clauses = listOf<GroupByClause>(query.groupBy);
  const columns = createColumns(scope, clauses);
  const selected = selectedColumns(columns, query.fields ?? []);
  const isKept = havingTest(scope, columns, query);
  const orders = listOf<OrderByClause>(query.orderBy).map(
    (clause) => [columns.columnOf(clause), clause] as const,
  );
  return (rows) => {
    const groups = clauses.length === 0 ? [rows] : [...Map.groupBy(rows, columns.keyOf).values()];
    return sortedBy(groups.filter(isKept), orders).map((group) => ({
      attributes: { type: 'AggregateResult' },
      ...Object.fromEntries([...selected].map(([name, { read }]) => [name, read(group)])),
    }));
  };
}
