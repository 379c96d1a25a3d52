import { type ApiError, apiError, notFound } from '../errors.ts';
import type { SettingsStore } from '../settings.ts';
import type { Database, Row } from './database.ts';
import { detailsOf } from './record-rules.ts';
import { requireUnique } from './refusals.ts';
import type { SObjectType } from './schema.ts';

/** "SOAP API Developer Guide", merge(). */
const MERGEABLE = ['Account', 'Contact', 'Individual', 'Lead'];
const MAX_MERGED = 3;

const refuse = (code: string, message: string): ApiError => apiError(400, code, message, []);

/**
 * What happens to deleted records: undelete, merge, and emptying the recycle bin, which no REST resource does.
 *
 * A deleted record's unique values are free, and it can be undeleted only while they still are (a guess: no page of the
 * documentation names unique fields and the recycle bin together).
 */
export class RecycleBin {
  readonly #database: Database;
  readonly #settings: SettingsStore;

  constructor(database: Database, settings: SettingsStore) {
    this.#database = database;
    this.#settings = settings;
  }

  /** Restores a record, and those that were deleted with it. @throws ApiError UNDELETE_FAILED, DUPLICATE_VALUE */
  undelete(id: string): void {
    const { type, row } = this.#find(id);
    if (row['IsDeleted'] !== true)
      throw refuse('UNDELETE_FAILED', 'Entity is not in the recycle bin');
    this.#database.transaction(() => this.#restore(type, row));
  }

  /**
   * Makes up to three records one: the others are deleted, and the records that refer to them refer to the first
   * ("SOAP API Developer Guide", merge()).
   *
   * @throws ApiError INVALID_TYPE, or NUMBER_OUTSIDE_VALID_RANGE, or NOT_FOUND.
   */
  merge(masterId: string, mergedIds: readonly string[]): void {
    const { type, row } = this.#find(masterId);
    if (!MERGEABLE.includes(type.name))
      throw refuse('INVALID_TYPE', `${type.name} can't be merged, only ${MERGEABLE.join(', ')}`);
    if (mergedIds.length === 0 || mergedIds.length >= MAX_MERGED)
      throw refuse('NUMBER_OUTSIDE_VALID_RANGE', 'One or two records can be merged into another');
    this.#database.transaction(() => {
      for (const id of mergedIds) this.#absorb(type, row, id);
    });
  }

  /** Removes all deleted records, or those with the ids, for good. */
  empty(ids?: readonly string[]): void {
    for (const type of this.#database.schema.all())
      for (const row of this.#database.rows(type, { deleted: true }))
        if (row['IsDeleted'] === true && (ids === undefined || ids.includes(row.Id)))
          this.#database.purge(type, row.Id);
  }

  #find(id: string): { type: SObjectType; row: Row } {
    const type = this.#database.schema.byId(id);
    const row = type && this.#database.find(type, id);
    if (type && row) return { type, row };
    throw notFound();
  }

  #restore(type: SObjectType, row: Row): void {
    const { MasterRecordId: _, ...kept } = row;
    const restored: Row = { ...kept, Id: row.Id, IsDeleted: false };
    requireUnique({ database: this.#database, settings: this.#settings }, type, restored);
    this.#database.save(type, restored);
    for (const [child, field] of detailsOf(this.#database, type))
      for (const other of this.#database.rows(child, { deleted: true }))
        if (other['IsDeleted'] === true && other[field.name] === row.Id)
          this.#restore(child, other);
  }

  #absorb(type: SObjectType, master: Row, id: string): void {
    const { type: other, row } = this.#find(id);
    if (other.name !== type.name) throw refuse('INVALID_TYPE', `${id} is no ${type.name}`);
    if (row.Id === master.Id) throw refuse('INVALID_ID_FIELD', 'A record merges with others only');
    this.#reparent(row.Id, master.Id);
    this.#database.save(type, { ...row, IsDeleted: true, MasterRecordId: master.Id });
  }

  #reparent(from: string, to: string): void {
    for (const child of this.#database.schema.all()) {
      const names = child.fields
        .filter(({ name, referenceTo }) => referenceTo !== undefined && name !== 'MasterRecordId')
        .map(({ name }) => name);
      for (const row of this.#database.rows(child)) {
        const own = names.filter((name) => row[name] === from);
        const moved = Object.fromEntries(own.map((name) => [name, to]));
        if (own.length > 0) this.#database.save(child, { ...row, ...moved });
      }
    }
  }
}
