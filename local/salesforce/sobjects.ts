import { randomUUID } from 'node:crypto';
import { ApiError, apiError } from './errors.ts';
import type { Fields, Store, StoredRecord } from './store.ts';

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
}

const isPlatformEvent = (sObject: string): boolean => /__e$/i.test(sObject);

/** What single-record requests do ("sObject Rows" and "sObject Rows by External ID"). */
export function createSObjects(store: Store, apiVersion: () => string) {
  const url = (sObject: string, id: string): string =>
    `/services/data/${apiVersion()}/sobjects/${sObject}/${id}`;

  const toRecord = (sObject: string, record: StoredRecord, fields?: readonly string[]) => {
    const wanted = fields === undefined ? Object.keys(record) : ['Id', ...fields];
    const values = wanted.map((name) => [name, record[name] ?? null]);
    return {
      attributes: { type: sObject, url: url(sObject, record.Id) },
      ...Object.fromEntries(values),
    };
  };

  const oneByExternalId = (
    sObject: string,
    field: string,
    value: string,
  ): StoredRecord | undefined => {
    const found = store.findByExternalId(sObject, field, value);
    if (found.length > 1)
      throw new ApiError(
        300,
        found.map(({ Id }) => url(sObject, Id)),
      );
    return found[0];
  };

  /** `Id` is an external id field too: the record's own. */
  const find = (sObject: string, field: string, value: string): StoredRecord => {
    const record =
      field.toLowerCase() === 'id'
        ? store.read(sObject, value)
        : oneByExternalId(sObject, field, value);
    if (record) return record;
    throw apiError(
      404,
      'NOT_FOUND',
      'Provided external ID field does not exist or is not accessible',
    );
  };

  return {
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
    readByExternalId: (sObject: string, field: string, value: string): Reply => ({
      status: 200,
      body: toRecord(sObject, find(sObject, field, value)),
    }),
    deleteByExternalId: (sObject: string, field: string, value: string): Reply => {
      store.delete(sObject, find(sObject, field, value));
      return { status: 204 };
    },
    upsert: (
      target: { sObject: string; field: string; value: string; updateOnly: boolean },
      fields: Fields,
    ): Reply => {
      const { sObject, field, value, updateOnly } = target;
      const named = Object.keys(fields).find((name) =>
        ['id', field.toLowerCase()].includes(name.toLowerCase()),
      );
      if (named !== undefined) {
        const message = `The ${named} field should not be specified in the sobject data.`;
        throw apiError(400, 'INVALID_FIELD', message, [named]);
      }
      const record = oneByExternalId(sObject, field, value);
      if (record) {
        store.update(sObject, record, fields);
        return { status: 200, body: { id: record.Id, success: true, errors: [], created: false } };
      }
      if (updateOnly) throw apiError(404, 'NOT_FOUND', 'The requested resource does not exist');
      const id = store.create(sObject, { ...fields, [field]: value });
      return { status: 201, body: { id, success: true, errors: [], created: true } };
    },
    toRecord,
  };
}

export type SObjects = ReturnType<typeof createSObjects>;
