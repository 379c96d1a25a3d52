import { apiError } from './errors.ts';
import { createIds, isId, toLongId } from './ids.ts';

export type Fields = Readonly<Record<string, unknown>>;
export type StoredRecord = Readonly<Record<string, unknown>> & { readonly Id: string };

const requiredFields: Readonly<Record<string, readonly string[]>> = {
  account: ['Name'],
  contact: ['LastName'],
  lead: ['LastName', 'Company'],
  opportunity: ['Name', 'StageName', 'CloseDate'],
};

/** Lengths of standard text fields ("Object Reference"). */
const maxLengths: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  account: { Name: 255 },
  case: { Subject: 255, Description: 32_000 },
  contact: { LastName: 80, FirstName: 40 },
  lead: { LastName: 80, Company: 255 },
  task: { Subject: 255, Description: 32_000 },
};

const isMissing = (value: unknown): boolean =>
  value === undefined || value === null || value === '';

function requireFields(sObject: string, fields: Fields): void {
  const missing = (requiredFields[sObject.toLowerCase()] ?? []).filter((name) =>
    isMissing(fields[name]),
  );
  if (missing.length === 0) return;
  throw apiError(
    400,
    'REQUIRED_FIELD_MISSING',
    `Required fields are missing: [${missing.join(', ')}]`,
    missing,
  );
}

function requireLengths(sObject: string, fields: Fields): void {
  for (const [name, length] of Object.entries(maxLengths[sObject.toLowerCase()] ?? {})) {
    const value = fields[name];
    if (typeof value !== 'string' || value.length <= length) continue;
    const message = `${name}: data value too large: ${value} (max length=${length})`;
    throw apiError(400, 'STRING_TOO_LONG', message, [name]);
  }
}

const isExternalId = (field: string): boolean => /__c$/i.test(field);

/** A custom field's value compared as a unique external id: without regard to case. */
const keyOf = (field: string, value: unknown): string => `${field}/${String(value)}`.toLowerCase();

interface Table {
  readonly name: string;
  readonly records: Map<string, StoredRecord>;
  readonly deleted: Set<string>;
  /** External id fields, lower-case: those once named in an upsert. */
  readonly externalIds: Set<string>;
  readonly index: Map<string, string[]>;
}

/** The org's records, by object. Any object exists once it is named. */
export function createStore() {
  let tables = new Map<string, Table>();
  let newId = createIds();

  const tableOf = (sObject: string): Table => {
    const key = sObject.toLowerCase();
    const known = tables.get(key);
    if (known) return known;
    const table = {
      name: sObject,
      records: new Map(),
      deleted: new Set<string>(),
      externalIds: new Set<string>(),
      index: new Map(),
    };
    tables.set(key, table);
    return table;
  };

  const reindex = (
    table: Table,
    before: StoredRecord | undefined,
    after: StoredRecord | undefined,
  ): void => {
    for (const [record, isAdded] of [
      [before, false],
      [after, true],
    ] as const) {
      for (const [field, value] of Object.entries(record ?? {})) {
        if (!isExternalId(field) || isMissing(value) || record === undefined) continue;
        const key = keyOf(field, value);
        const ids = (table.index.get(key) ?? []).filter((id) => id !== record.Id);
        table.index.set(key, isAdded ? [...ids, record.Id] : ids);
      }
    }
  };

  const requireUnique = (table: Table, id: string, fields: Fields): void => {
    for (const [field, value] of Object.entries(fields)) {
      if (!table.externalIds.has(field.toLowerCase()) || isMissing(value)) continue;
      const other = (table.index.get(keyOf(field, value)) ?? []).find((known) => known !== id);
      if (other === undefined) continue;
      const message = `duplicate value found: ${field} duplicates value on record with id: ${other}`;
      throw apiError(400, 'DUPLICATE_VALUE', message, [field]);
    }
  };

  const save = (table: Table, record: StoredRecord, before: StoredRecord | undefined): void => {
    table.records.set(record.Id, record);
    reindex(table, before, record);
  };

  return {
    create: (sObject: string, fields: Fields): string => {
      const table = tableOf(sObject);
      if ('Id' in fields) {
        throw apiError(
          400,
          'INVALID_FIELD_FOR_INSERT_UPDATE',
          'cannot specify Id in an insert call',
          ['Id'],
        );
      }
      requireFields(sObject, fields);
      requireLengths(sObject, fields);
      const Id = newId(sObject);
      requireUnique(table, Id, fields);
      const at = new Date().toISOString();
      const { attributes: _ignored, ...own } = fields;
      save(
        table,
        { ...own, Id, CreatedDate: at, LastModifiedDate: at, SystemModstamp: at },
        undefined,
      );
      return Id;
    },
    /** @throws ApiError MALFORMED_ID, ENTITY_IS_DELETED or NOT_FOUND. */
    read: (sObject: string, id: string): StoredRecord => {
      if (!isId(id))
        throw apiError(400, 'MALFORMED_ID', `${sObject} ID: id value of incorrect type: ${id}`, [
          'Id',
        ]);
      const table = tableOf(sObject);
      const record = table.records.get(toLongId(id));
      if (record) return record;
      if (table.deleted.has(toLongId(id)))
        throw apiError(404, 'ENTITY_IS_DELETED', 'entity is deleted');
      throw apiError(404, 'NOT_FOUND', 'The requested resource does not exist');
    },
    update: (sObject: string, record: StoredRecord, fields: Fields): void => {
      if ('Id' in fields) {
        throw apiError(
          400,
          'INVALID_FIELD',
          'The Id field should not be specified in the sobject data.',
          ['Id'],
        );
      }
      const { attributes: _ignored, ...own } = fields;
      const at = new Date().toISOString();
      const updated = {
        ...record,
        ...own,
        Id: record.Id,
        LastModifiedDate: at,
        SystemModstamp: at,
      };
      requireFields(sObject, updated);
      requireLengths(sObject, fields);
      requireUnique(tableOf(sObject), record.Id, fields);
      save(tableOf(sObject), updated, record);
    },
    delete: (sObject: string, record: StoredRecord): void => {
      const table = tableOf(sObject);
      table.records.delete(record.Id);
      table.deleted.add(record.Id);
      reindex(table, record, undefined);
    },
    /** All records whose external id has the value; naming the field makes it an external id of the object. */
    findByExternalId: (sObject: string, field: string, value: string): StoredRecord[] => {
      const table = tableOf(sObject);
      if (!isExternalId(field)) {
        const message = `Provided external ID field does not exist or is not accessible: ${field}`;
        throw apiError(404, 'NOT_FOUND', message);
      }
      table.externalIds.add(field.toLowerCase());
      const ids = table.index.get(keyOf(field, value)) ?? [];
      return ids.flatMap((id) => table.records.get(id) ?? []);
    },
    all: (sObject: string): StoredRecord[] => [...tableOf(sObject).records.values()],
    /** The object that an id belongs to. */
    objectOf: (id: string): string | undefined =>
      [...tables.values()].find(
        ({ records, deleted }) => records.has(toLongId(id)) || deleted.has(toLongId(id)),
      )?.name,
    names: (): string[] => [...tables.values()].map(({ name }) => name),
    /** Undoes everything done by `work` when it asks for that. */
    snapshot: (): (() => void) => {
      const kept = structuredClone(tables);
      return () => {
        tables = kept;
      };
    },
    reset: (): void => {
      tables = new Map();
      newId = createIds();
    },
  };
}

export type Store = ReturnType<typeof createStore>;
