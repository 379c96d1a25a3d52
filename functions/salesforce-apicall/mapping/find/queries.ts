import type { Literal } from './literals.ts';
import type { LiteralConditions, Want } from './wants.ts';

/** Values and characters of one query: far below what a statement may have, 100,000 characters ("SOQL Limits"). */
const MAX_VALUES = 1_000;
const MAX_CHARACTERS = 60_000;

/** Written beside a value: quotes are in it, a comma and a field's name are not. */
const PER_VALUE = 60;

const literalsIn = ({ alternatives }: Want): [field: string, literal: Literal][] =>
  alternatives.flatMap((conditions) =>
    [...conditions].flatMap(([field, literals]) =>
      literals.map((literal): [string, Literal] => [field.toLowerCase(), literal]),
    ),
  );

/** Wants that fit into one query, with what is in it. */
class Query {
  readonly wants: Want[] = [];
  #values = 0;
  #characters = 0;
  /** By field and folded value: the value as it is. */
  readonly #known = new Map<string, string>();

  /** Adds a want if there is room, and if no value of it could be taken for another one of the query. */
  add(want: Want): boolean {
    const literals = literalsIn(want);
    const isSeveral = want.alternatives.some(({ size }) => size > 1);
    const characters = literals.reduce(
      (sum, [, { soql }]) => sum + soql.length + (isSeveral ? PER_VALUE : 1),
      0,
    );
    const isFull =
      this.#values + literals.length > MAX_VALUES || this.#characters + characters > MAX_CHARACTERS;
    const isAmbiguous = literals.some(([field, { soql, fold }]) => {
      const known = this.#known.get(`${field} ${fold}`);
      return known !== undefined && known !== soql;
    });
    if (this.wants.length > 0 && (isFull || isAmbiguous)) return false;
    this.wants.push(want);
    this.#values += literals.length;
    this.#characters += characters;
    for (const [field, { soql, fold }] of literals) this.#known.set(`${field} ${fold}`, soql);
    return true;
  }
}

/** Queries that were filled last, in which there may be room. */
const OPEN_QUERIES = 20;

/** Wants of one statement in as few queries as possible. */
export function toQueries(wants: readonly Want[]): (readonly Want[])[] {
  const queries: Query[] = [];
  for (const want of wants) {
    if (queries.slice(-OPEN_QUERIES).some((query) => query.add(want))) continue;
    const query = new Query();
    query.add(want);
    queries.push(query);
  }
  return queries.map((query) => query.wants);
}

const unique = (literals: readonly Literal[]): string[] => [
  ...new Set(literals.map(({ soql }) => soql)),
];

function condition(field: string, literals: readonly Literal[]): string {
  const all = unique(literals);
  return all.length === 1 ? `${field} = ${all[0]}` : `${field} IN (${all.join(',')})`;
}

/** One alternative of several wants: those that differ in one field only share a list of its values. */
function alternative(conditions: readonly LiteralConditions[]): string {
  const [first] = conditions;
  if (first === undefined) return '';
  const fields = [...first.keys()];
  const distinct = (field: string): number =>
    new Set(conditions.map((one) => unique(one.get(field) ?? []).join())).size;
  const [varying = '', ...fixed] = fields.toSorted((one, other) => distinct(other) - distinct(one));
  const groups = Map.groupBy(conditions, (one) =>
    fixed.map((field) => condition(field, one.get(field) ?? [])).join(' AND '),
  );
  return [...groups]
    .map(([others, group]) => {
      const list = condition(
        varying,
        group.flatMap((one) => one.get(varying) ?? []),
      );
      return others === '' ? list : `(${others} AND ${list})`;
    })
    .join(' OR ');
}

const LIMITS = { fail: ' LIMIT 2', first: ' LIMIT 1', all: '' } as const;

/** The SOQL statement of wants that share one. Of a single want, it returns no more rows than are needed. */
export function soqlOf(wants: readonly [Want, ...Want[]]): string {
  const [{ step, alternatives }] = wants;
  const { object, select, filter, order, many } = step;
  const all = alternatives.map((_, index) =>
    alternative(wants.flatMap((want) => want.alternatives[index] ?? [])),
  );
  const where = `(${all.join(' OR ')})${filter === undefined ? '' : ` AND (${filter})`}`;
  const sorted = order === undefined ? '' : ` ORDER BY ${order}`;
  const limit = wants.length === 1 ? LIMITS[many] : '';
  return `SELECT ${select.join(', ')} FROM ${object} WHERE ${where}${sorted}${limit}`;
}
