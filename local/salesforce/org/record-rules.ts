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

/** @throws ApiError DUPLICATE_VALUE; `fields` is empty, as in captured responses. */
export function requireUnique(
  database: Database,
  type: SObjectType,
  row: Row,
  chunk: ReadonlySet<string> = new Set(),
): void {
  for (const field of type.fields) {
    const value = row[field.name];
    if (field.unique !== true || isMissing(value)) continue;
    const other = database.findByIndex(type, field, value).find(({ Id }) => Id !== row.Id);
    if (other === undefined) continue;
    const [name, id] = chunk.has(other.Id) ? ['<unknown>', '<unknown>'] : [field.name, other.Id];
    const message = `duplicate value found: ${name} duplicates value on record with id: ${id}`;
    throw apiError(400, 'DUPLICATE_VALUE', message, []);
  }
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
