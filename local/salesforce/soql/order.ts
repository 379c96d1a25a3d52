import type { OrderByClause } from '@jetstreamapp/soql-parser-js';
import type { Field } from '../org/fields.ts';
import { type Comparable, comparableOf } from './operands.ts';

/** What ORDER BY sorts by: a field of rows, or a column of groups. */
export interface Sorted<Subject> {
  readonly field: Field;
  readonly read: (subject: Subject) => unknown;
}

type Order = Pick<OrderByClause, 'order' | 'nulls'>;

function compareValues(one: Comparable, other: Comparable): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Nulls come first unless NULLS LAST is given, in both directions ("SOQL and SOSL Reference", ORDER BY). */
function compareBy<Subject>({ field, read }: Sorted<Subject>, { order, nulls }: Order) {
  const sign = order === 'DESC' ? -1 : 1;
  const nullSign = nulls === 'LAST' ? 1 : -1;
  return (one: Subject, other: Subject): number => {
    const [left, right] = [comparableOf(field, read(one)), comparableOf(field, read(other))];
    if (left === null || right === null)
      return left === right ? 0 : (left === null ? 1 : -1) * nullSign;
    return sign * compareValues(left, right);
  };
}

/** Sorts by the clauses of ORDER BY; what they leave equal stays in its order. */
export function sortedBy<Subject>(
  subjects: readonly Subject[],
  orders: readonly (readonly [Sorted<Subject>, Order])[],
): Subject[] {
  const compares = orders.map(([by, order]) => compareBy(by, order));
  return subjects.toSorted((one, other) => {
    for (const compare of compares) {
      const result = compare(one, other);
      if (result !== 0) return result;
    }
    return 0;
  });
}
