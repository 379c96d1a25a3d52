import type { Query, QueryBase, WhereClause } from '@jetstreamapp/soql-parser-js';
import type { Row } from '../org/database.ts';
import { type Field, isLongText } from '../org/fields.ts';
import { testOf } from './comparison.ts';
import { literalsOf, mapTree, predicateOf, type Tree, treeOf } from './conditions.ts';
import { filterError, malformed, unsupported } from './errors.ts';
import { type Literal, operandOf } from './operands.ts';
import { type Path, pathOf, resolve, type Scope, scopeOf } from './paths.ts';

const UNFILTERED_TYPES = ['address', 'base64', 'encryptedstring'];
const MAX_SEMI_JOINS = 2;

/** Values of a field one of which a row must have, so that an index finds it. */
interface Keys {
  readonly field: Field;
  readonly values: readonly unknown[];
}

interface Part {
  readonly test: (row: Row) => boolean;
  readonly keys?: Keys;
}

type Leaf = Parameters<Parameters<typeof treeOf>[2]>[0];

/** @throws ApiError INVALID_FIELD ("SOQL and SOSL Reference", fieldExpression Syntax). */
export function requireFilterable({ statement }: Scope, { field }: Path, what: string): void {
  if (!isLongText(field) && !UNFILTERED_TYPES.includes(field.type)) return;
  const text = `field '${field.name}' can not be ${what} call`;
  throw filterError(statement, field.name, 'INVALID_FIELD', text);
}

/** Whether the database finds rows by the field, and tells the same values apart as SOQL does. */
const isIndexed = ({ name, externalId, idLookup, unique, caseSensitive }: Field): boolean =>
  name === 'Id' ||
  ((externalId === true || idLookup === true || unique === true) &&
    (caseSensitive !== true || unique === true));

function keysOf(
  { statement, now }: Scope,
  { hops, field }: Path,
  operator: string,
  literals: readonly Literal[],
): { keys?: Keys } {
  if (hops.length > 0 || !isIndexed(field) || !['=', 'IN'].includes(operator.toUpperCase()))
    return {};
  const operands = literals.map((literal) => operandOf(statement, field, literal, now));
  if (operands.some((operand) => operand === null || operand.to !== undefined)) return {};
  return { keys: { field, values: operands.flatMap((operand) => operand?.from ?? []) } };
}

/** The objects whose ids a field holds; undefined: it holds no ids. */
const targetsOf = ({ type }: Scope, { field, hops }: Path): readonly string[] | undefined =>
  field.type === 'id' ? [(hops.at(-1)?.target ?? type).name] : field.referenceTo;

interface SemiJoin {
  readonly outer: Path;
  readonly outerScope: Scope;
  readonly inner: Path;
  readonly innerScope: Scope;
  readonly query: QueryBase;
}

/** What is wrong with a semi-join, if anything ("SOQL and SOSL Reference", Comparison Operators). */
function mistakeIn({ outer, outerScope, inner, innerScope, query }: SemiJoin): string | undefined {
  const left = targetsOf(outerScope, outer);
  const operand = `left operand field in the where expression`;
  if (left === undefined || outer.hops.length > 0)
    return `The ${operand} for outer query should be an id field, cannot use: '${outer.field.name}'`;
  if (outerScope.type.name === innerScope.type.name)
    return 'The inner and outer selects should not be on the same object type';
  if (!targetsOf(innerScope, inner)?.some((name) => left.includes(name)))
    return `The selected field '${inner.field.name}' in the subquery and the ${operand} in the outer query '${outer.field.name}' should point to the same object type`;
  const { limit, orderBy, groupBy } = query;
  const hasClauses = [limit, orderBy, groupBy].some((clause) => clause !== undefined);
  return hasClauses ? 'Semi join sub-selects can not have ORDER BY, LIMIT or GROUP BY' : undefined;
}

/** `AccountId IN (SELECT …)`. */
function semiJoin(scope: Scope, outer: Path, operator: string, query: Query): Part {
  const { sObject = '', sObjectAlias, where, fields = [] } = query;
  const inner = scopeOf(scope, sObject, sObjectAlias);
  const [selected, second] = fields;
  if (selected === undefined || second !== undefined || !('field' in selected))
    throw malformed('A semi join sub-select must select one field');
  const path = resolve(inner, pathOf(selected));
  const mistake = mistakeIn({ outer, outerScope: scope, inner: path, innerScope: inner, query });
  if (mistake !== undefined)
    throw filterError(scope.statement, outer.field.name, 'MALFORMED_QUERY', mistake);
  const found = filteredRows(inner, where).map((row) => path.read(row));
  const ids = new Set<unknown>(found.filter((id) => id !== null));
  const isIn = operator.toUpperCase() === 'IN';
  return { test: (row) => ids.has(outer.read(row)) === isIn };
}

function compileLeaf(scope: Scope, leaf: Leaf): Part {
  if (!('field' in leaf)) throw unsupported('a function in WHERE');
  const path = resolve(scope, leaf.field);
  requireFilterable(scope, path, 'filtered in query');
  const { operator } = leaf;
  if ('valueQuery' in leaf) return semiJoin(scope, path, operator, leaf.valueQuery);
  const literals = literalsOf(leaf);
  const test = testOf(scope, { field: path.field, operator, literals });
  return { test: (row) => test(path.read(row)), ...keysOf(scope, path, operator, literals) };
}

/** The keys of the first condition that an index can serve and that every row must fulfil. */
function requiredKeys(tree: Tree<Part>): Keys | undefined {
  if (tree.operator === 'IS') return tree.part.keys;
  if (tree.operator !== 'AND') return undefined;
  return tree.parts.map(requiredKeys).find((keys) => keys !== undefined);
}

/** Rows by an index, in the order of their ids, which is the one of their creation. */
function indexedRows({ org: { database }, type }: Scope, { field, values }: Keys): Row[] {
  const found = values.flatMap((value) =>
    field.name === 'Id'
      ? (database.find(type, String(value)) ?? [])
      : database.findBy(type, field, value),
  );
  const unique = new Map(found.map((row) => [row.Id, row]));
  return [...unique.values()].sort((one, other) => (one.Id < other.Id ? -1 : 1));
}

function sourceOf(scope: Scope, keys: Keys | undefined): Row[] {
  const { org, type, deleted } = scope;
  const isUsable = keys !== undefined && (!deleted || keys.field.name === 'Id');
  if (!isUsable) return org.database.rows(type, { deleted });
  const found = indexedRows(scope, keys);
  return deleted ? found : found.filter((row) => row['IsDeleted'] !== true);
}

const isSemiJoin = (leaf: Leaf): boolean => 'valueQuery' in leaf;

const leavesOf = (tree: Tree<Leaf>): Leaf[] => {
  if (tree.operator === 'IS') return [tree.part];
  return (tree.operator === 'NOT' ? [tree.part] : tree.parts).flatMap(leavesOf);
};

const hasSemiJoinInOr = (tree: Tree<Leaf>): boolean => {
  if (tree.operator === 'IS') return false;
  if (tree.operator === 'OR') return leavesOf(tree).some(isSemiJoin);
  return (tree.operator === 'NOT' ? [tree.part] : tree.parts).some(hasSemiJoinInOr);
};

/** @throws ApiError MALFORMED_QUERY for more than two semi-joins, or one with OR. */
function requireSemiJoins(tree: Tree<Leaf>): void {
  if (leavesOf(tree).filter(isSemiJoin).length > MAX_SEMI_JOINS)
    throw malformed(`Maximum ${MAX_SEMI_JOINS} semi join sub-selects are allowed`);
  if (hasSemiJoinInOr(tree))
    throw malformed("Semi join sub-selects are not allowed with the 'OR' operator");
}

/**
 * The rows of an object that fulfil WHERE, in the order of their creation.
 *
 * @throws ApiError for everything that is wrong in WHERE.
 */
export function filteredRows(scope: Scope, where: WhereClause | undefined): Row[] {
  if (where === undefined) return sourceOf(scope, undefined);
  const leaves = treeOf(scope.statement, where, (leaf) => leaf);
  requireSemiJoins(leaves);
  const tree = mapTree(leaves, (leaf) => compileLeaf(scope, leaf));
  const test = predicateOf(mapTree(tree, (part) => part.test));
  return sourceOf(scope, requiredKeys(tree)).filter(test);
}
