import { type ApiError, apiError } from '../errors.ts';
import type { Settings, SettingsStore } from '../settings.ts';
import type { Database, Row } from './database.ts';
import type { ObjectAction, Permissions } from './permissions.ts';
import type { SObjectType } from './schema.ts';
import { isMissing } from './values.ts';

/** @throws ApiError while a release upgrade refuses writes. The code is documented, status and text are a guess. */
export function requireWritable({ writes }: Settings): void {
  if (writes !== 'release-upgrade') return;
  throw apiError(
    503,
    'INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE',
    'Records cannot be created, updated or deleted during a release upgrade',
    [],
  );
}

const REFUSED: Readonly<Record<ObjectAction, string>> = {
  Create: 'inserted',
  Edit: 'updated',
  Delete: 'deleted',
  Read: 'read',
};

/** @throws ApiError for an object that the API, or this user, can't create, edit, or delete. */
export function requireUsable(
  permissions: Permissions,
  type: SObjectType,
  action: ObjectAction,
): void {
  const isPossible =
    action === 'Delete' ? type.deletable : action === 'Create' ? type.createable : true;
  if (isPossible !== false && permissions.canUse(type, action)) return;
  const message = `entity type cannot be ${REFUSED[action]}: ${type.label}`;
  throw apiError(400, 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', message, []);
}

/** @throws ApiError of a create while the org's storage is used up. */
export function requireStorage({ writes }: Settings): void {
  if (writes === 'storage-full')
    throw apiError(403, 'STORAGE_LIMIT_EXCEEDED', 'storage limit exceeded', []);
}

/** The field and record of a duplicate, in each of the forms that have been reported. */
const FORMS: Readonly<
  Record<Settings['duplicateMessage'], (name: string, id: string) => [string, string]>
> = {
  named: (name, id) => [name, id],
  'short-id': (name, id) => [name, id.slice(0, 15)],
  unknown: () => ['<unknown>', '<unknown>'],
  empty: () => ['', ''],
};

/** DUPLICATE_VALUE of a field and the record that has its value; `fields` is empty, as in captured responses. */
function duplicateValue(form: Settings['duplicateMessage'], name: string, id: string): ApiError {
  const [field, record] = FORMS[form](name, id);
  const message = `duplicate value found: ${field} duplicates value on record with id: ${record}`;
  return apiError(400, 'DUPLICATE_VALUE', message, []);
}

/**
 * @param chunk records of the same chunk, which have no committed id yet: a duplicate of one of them is `<unknown>`.
 * @throws ApiError DUPLICATE_VALUE, also for a value that a request in flight writes: it does not wait for that one's commit.
 */
export function requireUnique(
  { database, settings }: { database: Database; settings: SettingsStore },
  type: SObjectType,
  row: Row,
  chunk: ReadonlySet<string> = new Set(),
): void {
  for (const field of type.fields) {
    const value = row[field.name];
    if (field.unique !== true || isMissing(value)) continue;
    const other = database.findByIndex(type, field, value).find(({ Id }) => Id !== row.Id);
    if (other === undefined) continue;
    const form = chunk.has(other.Id) ? 'unknown' : settings.current.duplicateMessage;
    throw duplicateValue(form, field.name, other.Id);
  }
}

/**
 * What triggers do to a collection's chunk.
 *
 * @throws ApiError for all of its records: too much CPU time as reported, or "Apex Developer Guide", Bulk DML Exception
 *   Handling (its code is a guess).
 */
export function requireApexLimits(
  { apexRecordLimit, partialFailureLimit }: Settings,
  { records, failed }: { records: number; failed: number },
): void {
  const refuse = (message: string): ApiError =>
    apiError(400, 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', message, []);
  if (records > (apexRecordLimit ?? Number.POSITIVE_INFINITY))
    throw refuse('XTrigger: System.LimitException: Apex CPU time limit exceeded');
  if (failed < records && failed >= (partialFailureLimit ?? Number.POSITIVE_INFINITY))
    throw refuse('Too many batch retries in the presence of Apex triggers and partial failures.');
}
