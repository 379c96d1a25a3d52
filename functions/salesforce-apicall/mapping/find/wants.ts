import { isJsonObject, type JsonObject } from '#common/json.ts';
import type { FindStep } from '../definition.ts';
import type { FindRequest } from '../ports.ts';
import type { FieldTypes } from './describe.ts';
import { foldAs, type Literal, toLiteral } from './literals.ts';

/** The conditions of an alternative: field → literals, any of which is wanted. */
export type LiteralConditions = ReadonlyMap<string, readonly Literal[]>;

/** What finds ask for: those that ask for the same share one. */
export interface Want {
  readonly step: FindStep;
  readonly alternatives: readonly LiteralConditions[];
}

/** @throws MappingError when a value does not have the type of its field. */
export function toWant({ step, alternatives }: FindRequest, types: FieldTypes): Want {
  const isSeveral = step.where.length > 1;
  const converted = alternatives.map((values, index) => {
    const entries = Object.entries(values).map(([field, all]): [string, Literal[]] => {
      const place = isSeveral ? `where[${index}].${field}` : `where.${field}`;
      return [field, all.flatMap((value) => toLiteral(types.typeOf(field), value, place) ?? [])];
    });
    return new Map(entries);
  });
  const isPossible = (conditions: LiteralConditions): boolean =>
    [...conditions.values()].every((literals) => literals.length > 0);
  return { step, alternatives: converted.filter(isPossible) };
}

/** The statement, without values: wants with the same one can share a query. */
export const statementOf = ({ step, alternatives }: Want): string =>
  JSON.stringify([
    step.object.toLowerCase(),
    step.select.map((field) => field.toLowerCase()).toSorted(),
    step.filter ?? '',
    step.order ?? '',
    alternatives.map((conditions) => [...conditions.keys()].map((field) => field.toLowerCase())),
  ]);

/** The values: wants with the same ones and the same statement are one. */
export const valuesOf = ({ step: { many }, alternatives }: Want): string =>
  JSON.stringify([
    many === 'all',
    alternatives.map((conditions) =>
      [...conditions.values()].map((literals) => literals.map(({ soql }) => soql)),
    ),
  ]);

/** The value of a field, or of a parent's field (`Account.Name`), whatever the case of its name. */
function fieldOf(row: JsonObject, path: string): unknown {
  let value: unknown = row;
  for (const name of path.split('.')) {
    if (!isJsonObject(value)) return undefined;
    const key = Object.keys(value).find((own) => own.toLowerCase() === name.toLowerCase());
    value = key === undefined ? undefined : value[key];
  }
  return value;
}

/** The rows of each want; `undefined` if a row belongs to none: the org compares otherwise than `foldText`. */
export function attribute(
  wants: readonly Want[],
  rows: readonly JsonObject[],
  types: FieldTypes,
): Map<Want, JsonObject[]> | undefined {
  const rowsOf = new Map<Want, JsonObject[]>(wants.map((want) => [want, []]));
  const index = indexOf(wants);
  for (const row of rows) {
    const folds = new Map<string, string>();
    const foldOf = (field: string): string => {
      const known = folds.get(field) ?? foldAs(types.typeOf(field), fieldOf(row, field));
      folds.set(field, known);
      return known;
    };
    const owners = new Set(
      index.flatMap(({ field, byFold }) =>
        (byFold.get(foldOf(field)) ?? []).flatMap(({ want, conditions }) =>
          matches(conditions, foldOf) ? [want] : [],
        ),
      ),
    );
    if (owners.size === 0) return undefined;
    for (const want of owners) rowsOf.get(want)?.push(row);
  }
  return rowsOf;
}

const matches = (conditions: LiteralConditions, foldOf: (field: string) => string): boolean =>
  [...conditions].every(([field, literals]) => literals.some(({ fold }) => fold === foldOf(field)));

interface Indexed {
  readonly want: Want;
  readonly conditions: LiteralConditions;
}

interface FieldIndex {
  readonly field: string;
  readonly byFold: Map<string, Indexed[]>;
}

/** The alternatives of all wants by the values of their first fields. */
function indexOf(wants: readonly Want[]): FieldIndex[] {
  const byField = new Map<string, FieldIndex>();
  for (const want of wants) {
    for (const conditions of want.alternatives) {
      const [[field, literals] = ['', []]] = conditions;
      const index = byField.get(field) ?? { field, byFold: new Map() };
      byField.set(field, index);
      for (const { fold } of literals)
        index.byFold.set(fold, [...(index.byFold.get(fold) ?? []), { want, conditions }]);
    }
  }
  return [...byField.values()];
}
