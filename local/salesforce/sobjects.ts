import { randomUUID } from 'node:crypto';
import { ApiError, apiError } from './errors.ts';
import type { Fields, Store, StoredRecord } from './store.ts';

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
}

const isPlatformEvent = (sObject: string): boolean => /__e$/i.test(sObject);

const url = (sObject: string, id: string): string =>
  `/services/data/v68.0/sobjects/${sObject}/${id}`;

/** A record in Salesforce's format. Missing fields are null. */
export function toRecord(
  sObject: string,
  record: StoredRecord,
  fields?: readonly string[],
): Fields {
  const wanted = fields === undefined ? Object.keys(record) : ['Id', ...fields];
  const values = wanted.map((name) => [name, record[name] ?? null]);
  return {
    attributes: { type: sObject, url: url(sObject, record.Id) },
    ...Object.fromEntries(values),
  };
}

/** "sObject Rows": records by id. */
const createRows = (store: Store) => ({
  create: (sObject: string, fields: Fields): Reply => {
    const id = store.create(sObject, fields);
    const queued = { statusCode: 'OPERATION_ENQUEUED', message: randomUUID(), fields: [] };
    const errors = isPlatformEvent(sObject) ? [queued] : [];
    return { status: 201, body: { id, success: true, errors } };
  },
  read: (sObject: string, id: string, fields?: readonly string[]): Reply => ({
    status: 200,
    body: toRecord(sObject, store.read(sObject, id), fields),
  }),
  update: (sObject: string, id: string, fields: Fields): Reply => {
    store.update(sObject, store.read(sObject, id), fields);
    return { status: 204 };
  },
  delete: (sObject: string, id: string): Reply => {
    store.delete(sObject, store.read(sObject, id));
    return { status: 204 };
  },
});

interface UpsertTarget {
  readonly sObject: string;
  readonly field: string;
  readonly value: string;
  readonly updateOnly: boolean;
}

function refuseKeyInBody(field: string, fields: Fields): void {
  const named = Object.keys(fields).find((name) =>
    ['id', field.toLowerCase()].includes(name.toLowerCase()),
  );
  if (named === undefined) return;
  throw apiError(
    400,
    'INVALID_FIELD',
    `The ${named} field should not be specified in the sobject data.`,
    [named],
  );
}

/** "sObject Rows by External ID". */
function createExternalIdRows(store: Store) {
  const one = (sObject: string, field: string, value: string): StoredRecord | undefined => {
    const found = store.findByExternalId(sObject, field, value);
    if (found.length > 1)
      throw new ApiError(
        300,
        found.map(({ Id }) => url(sObject, Id)),
      );
    return found[0];
  };

  /** `Id` is also an external id field. */
  const find = (sObject: string, field: string, value: string): StoredRecord => {
    const record =
      field.toLowerCase() === 'id' ? store.read(sObject, value) : one(sObject, field, value);
    if (record) return record;
    throw apiError(404, 'NOT_FOUND', 'The requested resource does not exist');
  };

  return {
    readByExternalId: (sObject: string, field: string, value: string): Reply => ({
      status: 200,
      body: toRecord(sObject, find(sObject, field, value)),
    }),
    deleteByExternalId: (sObject: string, field: string, value: string): Reply => {
      store.delete(sObject, find(sObject, field, value));
      return { status: 204 };
    },
    upsert: ({ sObject, field, value, updateOnly }: UpsertTarget, fields: Fields): Reply => {
      refuseKeyInBody(field, fields);
      const record = one(sObject, field, value);
      if (record) {
        store.update(sObject, record, fields);
        return { status: 200, body: { id: record.Id, success: true, errors: [], created: false } };
      }
      if (updateOnly) throw apiError(404, 'NOT_FOUND', 'The requested resource does not exist');
      const id = store.create(sObject, { ...fields, [field]: value });
      return { status: 201, body: { id, success: true, errors: [], created: true } };
    },
  };
}

export const createSObjects = (store: Store) => ({
  ...createRows(store),
  ...createExternalIdRows(store),
});

export type SObjects = ReturnType<typeof createSObjects>;
