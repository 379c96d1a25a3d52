import { apiError } from '../errors.ts';
import type { Database } from './database.ts';
import type { Field } from './fields.ts';
import type { SObjectType } from './schema.ts';

/** @throws ApiError if an object's records can only be created: platform events are published, and that is all. The text is reported. */
export function requireMutable({ name }: SObjectType, verb: 'update' | 'delete'): void {
  if (!name.endsWith('__e')) return;
  const message = `entity type ${name} does not support ${verb}`;
  throw apiError(400, 'INVALID_TYPE_FOR_OPERATION', message, []);
}

/** The fields of other objects whose records are deleted with the one that they refer to. */
export const detailsOf = ({ schema }: Database, { name }: SObjectType): [SObjectType, Field][] =>
  schema
    .all()
    .flatMap((child) =>
      child.fields
        .filter(
          ({ masterDetail, cascadeDelete, referenceTo }) =>
            (masterDetail || cascadeDelete) && referenceTo?.includes(name),
        )
        .map((field): [SObjectType, Field] => [child, field]),
    );

/** Values of auto-number fields: one counter per object. */
export function createAutoNumbers() {
  const counters = new Map<string, number>();
  return {
    next: ({ name }: SObjectType, format: string): string => {
      const next = (counters.get(name) ?? 0) + 1;
      counters.set(name, next);
      return format.replace(/\{(0+)\}/, (_, zeros: string) =>
        String(next).padStart(zeros.length, '0'),
      );
    },
    reset: (): void => counters.clear(),
  };
}
