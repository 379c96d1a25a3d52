import { ApiError, apiError, entryOf } from './errors.ts';
import type { Reply, SObjects } from './sobjects.ts';
import type { Fields, Store } from './store.ts';

const MAX_RECORDS = 200;
const MAX_CHUNKS = 10;

interface Result {
  readonly id?: string;
  readonly success: boolean;
  readonly created?: boolean;
  readonly errors: readonly unknown[];
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

function recordsOf(body: unknown): Fields[] {
  const records =
    isFields(body) && Array.isArray(body['records']) ? body['records'].filter(isFields) : [];
  if (records.length <= MAX_RECORDS) return records;
  throw apiError(400, 'INVALID_INPUT', `Too many records: at most ${MAX_RECORDS} are allowed`);
}

function typeOf(record: Fields): string {
  const type = isFields(record['attributes']) ? record['attributes']['type'] : undefined;
  if (typeof type === 'string') return type;
  throw apiError(400, 'INVALID_INPUT', 'attributes.type is required');
}

/** Consecutive records of one type are a chunk. */
function requireChunks(records: readonly Fields[]): void {
  const types = records.map(typeOf);
  const chunks = types.filter((type, index) => type !== types[index - 1]).length;
  if (chunks <= MAX_CHUNKS) return;
  throw apiError(
    400,
    'INVALID_INPUT',
    `Cannot have more than ${MAX_CHUNKS} chunks in a single operation`,
  );
}

const toResult = ({ body }: Reply, id?: string): Result => {
  const own: Partial<Result> = isFields(body) ? body : {};
  return { ...(id === undefined ? {} : { id }), success: true, errors: [], ...own };
};

function attempt(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { success: false, errors: [entryOf(error)] };
  }
}

const allOrNoneOf = (body: unknown): boolean => isFields(body) && body['allOrNone'] === true;

/** A rollback would need transactions, which the simulator does not have. */
function requireIndependent(allOrNone: boolean): void {
  if (allOrNone)
    throw apiError(
      400,
      'INVALID_INPUT',
      'The simulator does not support allOrNone in collections.',
    );
}

const answer = (works: readonly (() => Result)[]): Reply => ({
  status: 200,
  body: works.map(attempt),
});

/** Rejects a key that occurs twice in a collection. `what` is its name in the error. */
function createOnce(what: 'id' | 'external id') {
  const seen = new Set<string>();
  return (key: string): void => {
    const comparable = key.toLowerCase();
    if (seen.has(comparable))
      throw apiError(400, 'DUPLICATE_VALUE', `Duplicate ${what} specified: ${key}`);
    seen.add(comparable);
  };
}

/** The records of a body. @throws ApiError for everything that fails the whole call. */
function checkedRecords(body: unknown, { mixed }: { mixed: boolean }): Fields[] {
  requireIndependent(allOrNoneOf(body));
  const records = recordsOf(body);
  if (mixed) requireChunks(records);
  return records;
}

/** "sObject Collections": up to 200 records in one call, with one result per record, in order. */
export function createCollections(store: Store, sobjects: SObjects) {
  const updateOne = (record: Fields, once: (key: string) => void): Result => {
    const { Id, id, ...fields } = record;
    const key = String(Id ?? id ?? '');
    once(key);
    return toResult(sobjects.update(typeOf(record), key, fields), key);
  };

  const upsertOne = (
    record: Fields,
    sObject: string,
    field: string,
    once: (key: string) => void,
  ): Result => {
    const name =
      Object.keys(record).find((key) => key.toLowerCase() === field.toLowerCase()) ?? field;
    const { [name]: value, attributes: _type, ...fields } = record;
    once(String(value));
    return toResult(
      sobjects.upsert({ sObject, field, value: String(value), updateOnly: false }, fields),
    );
  };

  const deleteOne = (id: string): Result => {
    const sObject = store.objectOf(id);
    if (sObject !== undefined) return toResult(sobjects.delete(sObject, id), id);
    throw apiError(404, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
  };

  return {
    create: (body: unknown): Reply => {
      const records = checkedRecords(body, { mixed: true });
      return answer(
        records.map((record) => () => toResult(sobjects.create(typeOf(record), record))),
      );
    },
    update: (body: unknown): Reply => {
      const once = createOnce('id');
      const records = checkedRecords(body, { mixed: true });
      return answer(records.map((record) => () => updateOne(record, once)));
    },
    upsert: (sObject: string, field: string, body: unknown): Reply => {
      const once = createOnce('external id');
      const records = checkedRecords(body, { mixed: false });
      return answer(records.map((record) => () => upsertOne(record, sObject, field, once)));
    },
    delete: (ids: readonly string[], allOrNone: boolean): Reply => {
      requireIndependent(allOrNone);
      if (ids.length > MAX_RECORDS) throw apiError(400, 'INVALID_INPUT', 'Too many records');
      return answer(ids.map((id) => () => deleteOne(id)));
    },
  };
}
