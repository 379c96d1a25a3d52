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

/** The master-detail fields of other objects that refer to an object. */
export const detailsOf = ({ schema }: Database, { name }: SObjectType): [SObjectType, Field][] =>
  schema
    .all()
    .flatMap((child) =>
      child.fields
        .filter(({ masterDetail, referenceTo }) => masterDetail && referenceTo?.includes(name))
        .map((field): [SObjectType, Field] => [child, field]),
    );
