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

/** "sObject Collections": up to 200 records in one call, each with a result of its own, in order. */
export function createCollections(store: Store, sobjects: SObjects) {
  /** With allOrNone one failure undoes the others, which are then told so. */
  const run = (works: readonly (() => Result)[], allOrNone: boolean): Reply => {
    const undo = allOrNone ? store.snapshot() : undefined;
    const results = works.map(attempt);
    if (undo === undefined || results.every(({ success }) => success))
      return { status: 200, body: results };
    undo();
    const message =
      'Record rolled back because not all records were valid and the request was using AllOrNone header';
    const rolledBack = { statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK', message, fields: [] };
    return {
      status: 200,
      body: results.map((result) =>
        result.success ? { success: false, errors: [rolledBack] } : result,
      ),
    };
  };

  const allOrNoneOf = (body: unknown): boolean => isFields(body) && body['allOrNone'] === true;

  const requireOnce = (seen: Set<string>, key: string): void => {
    if (seen.has(key)) {
      throw apiError(
        400,
        'DUPLICATE_VALUE',
        `Duplicate external id specified: ${key.split('/')[1]}`,
      );
    }
    seen.add(key);
  };

  return {
    create: (body: unknown): Reply => {
      const records = recordsOf(body);
      requireChunks(records);
      const works = records.map(
        (record) => () => toResult(sobjects.create(typeOf(record), record)),
      );
      return run(works, allOrNoneOf(body));
    },
    update: (body: unknown): Reply => {
      const records = recordsOf(body);
      requireChunks(records);
      const seen = new Set<string>();
      const works = records.map((record) => () => {
        const { Id, id, ...fields } = record;
        const key = String(Id ?? id ?? '');
        requireOnce(seen, `id/${key}`);
        return toResult(sobjects.update(typeOf(record), key, fields), key);
      });
      return run(works, allOrNoneOf(body));
    },
    upsert: (sObject: string, field: string, body: unknown): Reply => {
      const seen = new Set<string>();
      const works = recordsOf(body).map((record) => () => {
        const name =
          Object.keys(record).find((key) => key.toLowerCase() === field.toLowerCase()) ?? field;
        const { [name]: value, attributes: _ignored, ...fields } = record;
        requireOnce(seen, `${field}/${String(value).toLowerCase()}`);
        const target = { sObject, field, value: String(value), updateOnly: false };
        return toResult(sobjects.upsert(target, fields));
      });
      return run(works, allOrNoneOf(body));
    },
    delete: (ids: readonly string[], allOrNone: boolean): Reply => {
      if (ids.length > MAX_RECORDS) throw apiError(400, 'INVALID_INPUT', 'Too many records');
      const works = ids.map((id) => () => {
        const sObject = store.objectOf(id);
        if (sObject === undefined)
          throw apiError(404, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
        return toResult(sobjects.delete(sObject, id), id);
      });
      return run(works, allOrNone);
    },
  };
}
