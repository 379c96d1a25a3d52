import { apiError } from './errors.ts';
import { createIds, isId } from './ids.ts';
import { type Fields, requireFields, requireLengths } from './object-rules.ts';
import {
  createTable,
  isExternalId,
  requireUnique,
  type StoredRecord,
  type Table,
} from './table.ts';

export type { Fields } from './object-rules.ts';
export type { StoredRecord } from './table.ts';

const own = ({ attributes: _type, ...fields }: Fields): Fields => fields;

function insert(table: Table, Id: string, fields: Fields): void {
  if ('Id' in fields) {
    throw apiError(400, 'INVALID_FIELD_FOR_INSERT_UPDATE', 'cannot specify Id in an insert call', [
      'Id',
    ]);
  }
  requireFields(table.name, fields);
  requireLengths(table.name, fields);
  requireUnique(table, Id, fields);
  const at = new Date().toISOString();
  table.save({ ...own(fields), Id, CreatedDate: at, LastModifiedDate: at, SystemModstamp: at });
}

function change(table: Table, record: StoredRecord, fields: Fields): void {
  if ('Id' in fields) {
    throw apiError(
      400,
      'INVALID_FIELD',
      'The Id field should not be specified in the sobject data.',
      ['Id'],
    );
  }
  const at = new Date().toISOString();
  const updated = {
    ...record,
    ...own(fields),
    Id: record.Id,
    LastModifiedDate: at,
    SystemModstamp: at,
  };
  requireFields(table.name, updated);
  requireLengths(table.name, fields);
  requireUnique(table, record.Id, fields);
  table.save(updated);
}

function read(table: Table, id: string): StoredRecord {
  if (!isId(id)) {
    throw apiError(400, 'MALFORMED_ID', `${table.name} ID: id value of incorrect type: ${id}`, [
      'Id',
    ]);
  }
  const record = table.find(id);
  if (record) return record;
  if (table.wasDeleted(id)) throw apiError(404, 'ENTITY_IS_DELETED', 'entity is deleted');
  throw apiError(404, 'NOT_FOUND', 'The requested resource does not exist');
}

function findByExternalId(table: Table, field: string, value: string): StoredRecord[] {
  if (!isExternalId(field)) {
    const message = `Provided external ID field does not exist or is not accessible: ${field}`;
    throw apiError(404, 'NOT_FOUND', message);
  }
  table.makeExternalId(field);
  return table.findByField(field, value);
}

/** The org's records, by object. An object exists as soon as it is used. */
export function createStore() {
  const tables = new Map<string, Table>();
  let newId = createIds();

  const tableOf = (sObject: string): Table => {
    const known = tables.get(sObject.toLowerCase());
    if (known) return known;
    const table = createTable(sObject);
    tables.set(sObject.toLowerCase(), table);
    return table;
  };

  return {
    create: (sObject: string, fields: Fields): string => {
      const Id = newId(sObject);
      insert(tableOf(sObject), Id, fields);
      return Id;
    },
    /** @throws ApiError MALFORMED_ID, ENTITY_IS_DELETED or NOT_FOUND. */
    read: (sObject: string, id: string): StoredRecord => read(tableOf(sObject), id),
    update: (sObject: string, record: StoredRecord, fields: Fields): void =>
      change(tableOf(sObject), record, fields),
    delete: (sObject: string, record: StoredRecord): void => tableOf(sObject).remove(record),
    /** All records whose custom field has the value. Makes the field an external id of the object. */
    findByExternalId: (sObject: string, field: string, value: string): StoredRecord[] =>
      findByExternalId(tableOf(sObject), field, value),
    all: (sObject: string): StoredRecord[] => tableOf(sObject).all(),
    /** The object of an id. */
    objectOf: (id: string): string | undefined =>
      [...tables.values()].find((table) => table.find(id) !== undefined || table.wasDeleted(id))
        ?.name,
    names: (): string[] => [...tables.values()].map(({ name }) => name),
    reset: (): void => {
      tables.clear();
      newId = createIds();
    },
  };
}

export type Store = ReturnType<typeof createStore>;
