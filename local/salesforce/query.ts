import { parseQuery, type Query, type WhereClause } from '@jetstreamapp/soql-parser-js';
import { type ApiError, apiError } from './errors.ts';
import { toRecord } from './sobjects.ts';
import type { Store, StoredRecord } from './store.ts';

const malformed = (message: string): ApiError => apiError(400, 'MALFORMED_QUERY', message);

const beyond = (what: string): ApiError => malformed(`The simulator does not know ${what}.`);

function parse(soql: string): Query {
  try {
    return parseQuery(soql);
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : 'unexpected token');
  }
}

const unquote = (text: string): string =>
  text.replace(/^'|'$/g, '').replaceAll("\\'", "'").replaceAll('\\\\', '\\');

function literal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(literal);
  const text = String(value);
  if (text.startsWith("'")) return unquote(text);
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  if (/^null$/i.test(text)) return null;
  return Number.isNaN(Number(text)) ? text : Number(text);
}

const lower = (value: unknown): unknown =>
  typeof value === 'string' ? value.toLowerCase() : (value ?? null);

function like(value: unknown, pattern: unknown): boolean {
  const source = String(pattern)
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return typeof value === 'string' && new RegExp(`^${source}$`, 'is').test(value);
}

const order = (one: unknown, other: unknown): number => {
  if (one === other) return 0;
  if (one === null || one === undefined) return -1;
  if (other === null || other === undefined) return 1;
  return one < other ? -1 : 1;
};

type Compare = (value: unknown, wanted: unknown) => boolean;

const isOneOf: Compare = (value, wanted) =>
  Array.isArray(wanted) && wanted.some((item) => lower(item) === lower(value));

/** SOQL compares text without regard to case. */
const comparisons: Readonly<Record<string, Compare>> = {
  '=': (value, wanted) => lower(value) === lower(wanted),
  '!=': (value, wanted) => lower(value) !== lower(wanted),
  '<>': (value, wanted) => lower(value) !== lower(wanted),
  '<': (value, wanted) => order(lower(value), lower(wanted)) < 0,
  '<=': (value, wanted) => order(lower(value), lower(wanted)) <= 0,
  '>': (value, wanted) => order(lower(value), lower(wanted)) > 0,
  '>=': (value, wanted) => order(lower(value), lower(wanted)) >= 0,
  LIKE: like,
  IN: isOneOf,
  'NOT IN': (value, wanted) => !isOneOf(value, wanted),
};

const fieldOf = (record: StoredRecord, name: string): unknown => {
  const key = Object.keys(record).find(
    (candidate) => candidate.toLowerCase() === name.toLowerCase(),
  );
  return key === undefined ? null : record[key];
};

type Condition = { readonly field: string; readonly operator: string; readonly value: unknown };

/** The plain comparison of a clause. @throws ApiError for functions, NOT and parentheses. */
function conditionOf(where: WhereClause): Condition {
  const left: object | null = 'left' in where ? where.left : null;
  if (left === null || !('field' in left && 'operator' in left && 'value' in left)) {
    throw beyond('functions and NOT in WHERE');
  }
  if ('openParen' in left && 'operator' in where) throw beyond('parentheses in WHERE');
  return { field: String(left.field), operator: String(left.operator), value: left.value };
}

type Predicate = (record: StoredRecord) => boolean;

function compileCondition({ field, operator, value }: Condition): Predicate {
  const compare = comparisons[operator.toUpperCase()];
  if (compare === undefined) throw beyond(`the operator ${operator}`);
  return (record) => compare(fieldOf(record, field), literal(value));
}

/** Compiles the clause, so that unsupported SOQL is rejected even if there are no records. */
function compile(where: WhereClause | undefined): Predicate {
  if (where === undefined) return () => true;
  const first = compileCondition(conditionOf(where));
  if (!('right' in where) || where.right === undefined) return first;
  const rest = compile(where.right);
  if (where.operator === 'OR') return (record) => first(record) || rest(record);
  return (record) => first(record) && rest(record);
}

const sortField = (clause: object): string => {
  if ('field' in clause) return String(clause.field);
  throw beyond('functions in ORDER BY');
};

function sorted(records: StoredRecord[], { orderBy = [] }: Query): StoredRecord[] {
  const keys = [orderBy]
    .flat()
    .map((clause) => ({ name: sortField(clause), sign: clause.order === 'DESC' ? -1 : 1 }));
  return records.toSorted((one, other) =>
    keys.reduce(
      (result, { name, sign }) =>
        result || sign * order(lower(fieldOf(one, name)), lower(fieldOf(other, name))),
      0,
    ),
  );
}

function fieldNames({ fields = [] }: Query): string[] {
  return fields.map((field) => {
    if (field.type === 'Field') return field.field;
    throw beyond(`${field.type} in SELECT`);
  });
}

/**
 * "Query": a subset of SOQL: one object, plain fields, COUNT(), flat AND/OR, ORDER BY, LIMIT, and OFFSET.
 *
 * @throws ApiError MALFORMED_QUERY, also for valid SOQL outside of the subset.
 */
export function runQuery(store: Store, soql: string): unknown {
  const query = parse(soql);
  const { sObject, limit, offset = 0, where } = query;
  if (sObject === undefined) throw beyond('this FROM clause');
  const found = sorted(store.all(sObject).filter(compile(where)), query);
  if (/^\s*select\s+count\(\)/i.test(soql))
    return { totalSize: found.length, done: true, records: [] };
  const page = found.slice(offset, limit === undefined ? undefined : offset + limit);
  const names = fieldNames(query);
  const records = page.map((record) => toRecord(sObject, record, names));
  return { totalSize: records.length, done: true, records };
}
