import { apiError } from '../errors.ts';
import type { Database, Row } from './database.ts';
import type { Field, SObjectType } from './schema.ts';
import { isMissing } from './values.ts';

/** The names of people are made of their parts. */
const PEOPLE = ['Contact', 'Lead', 'User'];

export function withName(type: SObjectType, row: Row): Row {
  const isPerson = type.name === 'Account' && !isMissing(row['LastName']);
  if (!PEOPLE.includes(type.name) && !isPerson) return row;
  const Name = [row['FirstName'], row['LastName']].filter((part) => !isMissing(part)).join(' ');
  return { ...row, Name, ...(isPerson ? { IsPersonAccount: true } : {}) };
}

/** @throws ApiError if an object's records can only be created: platform events are published, and that is all. The text is reported. */
export function requireMutable({ name }: SObjectType, verb: 'update' | 'delete'): void {
  if (!name.endsWith('__e')) return;
  const message = `entity type ${name} does not support ${verb}`;
  throw apiError(400, 'INVALID_TYPE_FOR_OPERATION', message, []);
}

/** The master-detail fields of other objects that refer to an object. */
export const detailsOf = ({ schema }: Database, { name }: SObjectType): [SObjectType, Field][] =>
  schema
    .all()
    .flatMap((child) =>
      child.fields
        .filter(({ masterDetail, referenceTo }) => masterDetail && referenceTo?.includes(name))
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
