import type { OrderByClause, Query, QueryBase, Subquery } from '@jetstreamapp/soql-parser-js';
import type { Row } from '../org/database.ts';
import type { Field } from '../org/fields.ts';
import { childRelationshipOf, findChildren, type SObjectType } from '../org/schema.ts';
import { compileAggregate, isAggregate } from './aggregate.ts';
import { malformed, queryError, unsupported } from './errors.ts';
import { sortedBy } from './order.ts';
import { type Path, resolve, type Scope, scopeOf } from './paths.ts';
import { type CompileChildren, compileSelect, type SelectedRecord } from './select.ts';
import { listOf, parse, requireClauses } from './statement.ts';
import { filteredRows, requireFilterable } from './where.ts';

export interface QueryOptions extends Pick<Scope, 'org' | 'urlOf' | 'deleted'> {
  readonly now?: Date;
}

export interface QueryResult {
  readonly totalSize: number;
  readonly records: readonly SelectedRecord[];
}

function sortPath(scope: Scope, clause: OrderByClause): Path {
  if (!('field' in clause)) throw unsupported('a function in ORDER BY without GROUP BY');
  const path = resolve(scope, clause.field);
  requireFilterable(scope, path, 'sorted in a query');
  return path;
}

/** The rows that WHERE leaves, in the order of ORDER BY. */
function orderedRows(scope: Scope, query: QueryBase): Row[] {
  const orders = listOf<OrderByClause>(query.orderBy).map(
    (clause) => [sortPath(scope, clause), clause] as const,
  );
  return sortedBy(filteredRows(scope, query.where), orders);
}

function limited<Item>(items: readonly Item[], { limit, offset = 0 }: QueryBase): Item[] {
  return items.slice(offset, limit === undefined ? undefined : offset + limit);
}

/** The children that a relationship name like `Contacts` means. @throws ApiError INVALID_TYPE */
function childOf(scope: Scope, name: string): [SObjectType, Field] {
  const { permissions, schema } = scope.org;
  const found = findChildren(schema, scope.type, name);
  if (found && permissions.canUse(found[0], 'Read') && permissions.canRead(...found)) return found;
  const text = `Didn't understand relationship '${name}' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`;
  throw queryError(scope.statement, name, 'INVALID_TYPE', text);
}

/** A subquery runs once for all parents; its LIMIT and OFFSET are each parent's. */
function childrenIn(scope: Scope): CompileChildren {
  return (subquery: Subquery) => {
    requireClauses(subquery);
    if (isAggregate(subquery)) throw malformed('Aggregate functions are not allowed in a subquery');
    const [child, field] = childOf(scope, subquery.relationshipName);
    const inner: Scope = { ...scope, type: child, alias: subquery.sObjectAlias };
    const toRecord = compileSelect(inner, subquery, childrenIn(inner));
    const byParent = Map.groupBy(orderedRows(inner, subquery), (row) => row[field.name]);
    const childrenOf = (parentId: string): unknown => {
      const records = limited(byParent.get(parentId) ?? [], subquery).map(toRecord);
      return records.length === 0 ? null : { totalSize: records.length, done: true, records };
    };
    return { name: childRelationshipOf(child, field) ?? subquery.relationshipName, childrenOf };
  };
}

/** `SELECT COUNT() FROM …`: the number is the result's size. */
const isCount = ({ fields = [] }: Query): boolean => {
  const [only, second] = fields;
  return (
    second === undefined &&
    only?.type === 'FieldFunctionExpression' &&
    /^COUNT$/i.test(only.functionName) &&
    only.parameters.length === 0
  );
};

/**
 * Runs SOQL.
 *
 * @throws ApiError with Salesforce's code and text for what is wrong in the statement.
 */
export function runQuery(statement: string, options: QueryOptions): QueryResult {
  const { for: purpose, ...query } = parse(statement);
  requireClauses(query);
  if (purpose === 'UPDATE') throw unsupported('FOR UPDATE');
  const base = { now: new Date(), ...options, statement };
  const scope = scopeOf(base, query.sObject ?? '', query.sObjectAlias);
  if (isCount(query))
    return { totalSize: limited(filteredRows(scope, query.where), query).length, records: [] };
  if (isAggregate(query)) {
    const groups = compileAggregate(scope, query)(filteredRows(scope, query.where));
    const records = limited(groups, query);
    return { totalSize: records.length, records };
  }
  const toRecord = compileSelect(scope, query, childrenIn(scope));
  const rows = limited(orderedRows(scope, query), query);
  if (purpose !== undefined) options.org.recentlyViewed.add(scope.type, rows, purpose);
  return { totalSize: rows.length, records: rows.map(toRecord) };
}
