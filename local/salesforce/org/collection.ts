import { ApiError, apiError, entryOf, UnreadableError } from '../errors.ts';
import type { WriteOptions } from './dml.ts';
import type { Org } from './org.ts';
import { requireApexLimits } from './refusals.ts';
import type { SObjectType } from './schema.ts';

/** A record's write within a collection. */
export interface RowWrite {
  /** Undefined if an id names no object. */
  readonly type: SObjectType | undefined;
  /** Of an upsert: whether it would create a record. */
  readonly creates?: boolean;
  /** @throws ApiError that fails this record. */
  readonly write: (options: WriteOptions) => RowSuccess;
}

interface RowSuccess {
  readonly id: string;
  readonly created?: boolean;
  /** Notes on what was done: of a platform event, that it is enqueued. */
  readonly errors?: readonly unknown[];
}

export interface RowResult {
  readonly id?: string;
  readonly success: boolean;
  readonly created?: boolean;
  readonly errors: readonly unknown[];
}

class RolledBack extends Error {
  readonly results: readonly RowResult[];

  constructor(results: readonly RowResult[]) {
    super('A record of a collection with allOrNone failed');
    this.results = results;
  }
}

const toFailure = (error: ApiError): RowResult => ({ success: false, errors: [entryOf(error)] });

/** In a collection, an id without a record is a wrong reference, not a wrong URL. */
const toRowError = (error: ApiError): ApiError =>
  entryOf(error).statusCode === 'NOT_FOUND'
    ? apiError(400, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', [])
    : error;

function attempt<Result>(work: () => Result, fail: (error: ApiError) => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof ApiError && !(error instanceof UnreadableError)) return fail(error);
    throw error;
  }
}

function writeRow(org: Org, { write }: RowWrite, chunk: Set<string>): RowResult {
  return attempt<RowResult>(
    () => {
      const success = org.database.transaction(() => write({ chunk }));
      const { id, errors = [], ...created } = success;
      return { id, success: true, errors, ...created };
    },
    (error) => toFailure(toRowError(error)),
  );
}

function writeChunk(org: Org, rows: readonly RowWrite[], allOrNone: boolean): RowResult[] {
  const chunk = new Set<string>();
  return attempt(
    () =>
      org.database.transaction(() => {
        const results = rows.map((row) => writeRow(org, row, chunk));
        const failed = allOrNone ? 0 : results.filter(({ success }) => !success).length;
        requireApexLimits(org.settings.current, { records: rows.length, failed });
        return results;
      }),
    (error) => rows.map(() => toFailure(error)),
  );
}

/** Consecutive records of one object. */
export function toChunks<Row extends { readonly type: SObjectType | undefined }>(
  rows: readonly Row[],
): Row[][] {
  const chunks: Row[][] = [];
  for (const row of rows) {
    const last = chunks.at(-1);
    if (last?.[0]?.type === row.type) last?.push(row);
    else chunks.push([row]);
  }
  return chunks;
}

/**
 * What allOrNone makes of the results, in the words of "Update Records Using sObject Collections". An upsert's say `created`
 * also where they failed, as jsforce's own tests of a real org expect.
 */
function toRolledBack(result: RowResult, keepsId: boolean, creates?: boolean): RowResult {
  const created = creates === undefined ? {} : { created: creates };
  if (!result.success) return { ...result, ...created };
  const message =
    'Record rolled back because not all records were valid and the request was using AllOrNone header';
  const error = apiError(400, 'ALL_OR_NONE_OPERATION_ROLLED_BACK', message, []);
  return { ...(keepsId ? { id: result.id } : {}), ...toFailure(error), ...created };
}

export interface CollectionOptions {
  readonly allOrNone: boolean;
  /** Whether records that are rolled back keep their ids in the results: those of creates don't. */
  readonly keepsIds: boolean;
}

/**
 * Writes a collection's records chunk by chunk.
 *
 * @returns a result per record, in order.
 * @throws UnreadableError that fails the entire call: reported of SOAP (Salesforce Inspector reloaded 1154), a guess for REST.
 */
export function writeCollection(
  org: Org,
  rows: readonly RowWrite[],
  { allOrNone, keepsIds }: CollectionOptions,
): readonly RowResult[] {
  const writeAll = (): RowResult[] =>
    toChunks(rows).flatMap((chunk) => writeChunk(org, chunk, allOrNone));
  if (!allOrNone) return org.database.transaction(writeAll);
  try {
    return org.database.transaction(() => {
      const results = writeAll();
      if (results.every(({ success }) => success)) return results;
      throw new RolledBack(results);
    });
  } catch (error) {
    if (error instanceof RolledBack)
      return error.results.map((result, index) =>
        toRolledBack(result, keepsIds, rows[index]?.creates),
      );
    throw error;
  }
}
