import { AmbiguousKeyError, apiError, notFound } from '../errors.ts';
import type { SettingsStore } from '../settings.ts';
import type { AutomationRules } from './automation.ts';
import type { Database, Row } from './database.ts';
import { derive } from './derived.ts';
import type { Field } from './fields.ts';
import { initialValue } from './fields.ts';
import type { Write, WriteHooks } from './hooks.ts';
import { type createIds, isId } from './ids.ts';
import { type Fields, requireFields, toRowFields } from './input.ts';
import { createMixedDmlCheck } from './mixed-dml.ts';
import type { Permissions } from './permissions.ts';
import type { PersonAccounts } from './person-accounts.ts';
import { createAutoNumbers, detailsOf, requireMutable } from './record-rules.ts';
import { parentsOf } from './references.ts';
import { requireStorage, requireUnique, requireUsable, requireWritable } from './refusals.ts';
import type { SObjectType } from './schema.ts';
import { requireSetup } from './setup-rules.ts';
import { auditFields } from './values.ts';

interface Context {
  readonly hooks: WriteHooks;
  readonly database: Database;
  readonly permissions: Permissions;
  readonly automation: AutomationRules;
  readonly persons: PersonAccounts;
  readonly settings: SettingsStore;
  readonly newId: ReturnType<typeof createIds>;
  readonly userId: string;
  readonly now?: () => Date;
}

export interface WriteOptions {
  /** Ids that a collection's chunk has created, to which this write adds its own: none of them is committed yet. */
  readonly chunk?: Set<string>;
}

export interface UpsertTarget {
  readonly type: SObjectType;
  readonly field: Field;
  readonly value: unknown;
  /** Refuses to create. */
  readonly updateOnly?: boolean;
}

interface Upserted {
  readonly id: string;
  readonly created: boolean;
}

/** Writes to the org by one user. Each method is a transaction of its own, or a part of the one around it. */
export class Dml {
  readonly #context: Context;
  readonly #numbers = createAutoNumbers();
  #checkMixed: ReturnType<typeof createMixedDmlCheck> | undefined;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Runs several requests' writes as one transaction, in which setup and business objects can't be mixed. */
  together<Result>(work: () => Result): Result {
    const outer = this.#checkMixed;
    this.#checkMixed ??= createMixedDmlCheck();
    try {
      return this.#context.database.transaction(work);
    } finally {
      this.#checkMixed = outer;
    }
  }

  /** The stored record of an id. @throws ApiError MALFORMED_ID, NOT_FOUND, or ENTITY_IS_DELETED. */
  find(type: SObjectType, id: string): Row {
    if (!isId(id) || !id.startsWith(type.keyPrefix)) {
      const message = `${type.label} ID: id value of incorrect type: ${id}`;
      throw apiError(400, 'MALFORMED_ID', message, ['Id']);
    }
    const row = this.#context.database.find(type, id);
    if (row === undefined) throw notFound();
    if (row['IsDeleted'] !== true) return row;
    throw apiError(404, 'ENTITY_IS_DELETED', 'entity is deleted', []);
  }

  /**
   * The record that has the value of an external id, a lookup, or `Id`.
   *
   * @throws AmbiguousKeyError
   */
  findOne(type: SObjectType, field: Field, value: unknown): Row | undefined {
    if (field.name === 'Id') return this.find(type, String(value));
    const [record, ...others] = this.#context.database.findByKey(type, field, value);
    if (record === undefined || others.length === 0) return record;
    const ids = [record, ...others].map(({ Id }) => Id);
    throw new AmbiguousKeyError(field.label ?? field.name, ids);
  }

  /** @returns the new record's id. */
  insert(type: SObjectType, fields: Fields, options: WriteOptions = {}): string {
    this.#announce('POST', [type.name], fields);
    return this.#insert(type, fields, options);
  }

  /** @returns the record's id. */
  update(type: SObjectType, id: string, fields: Fields, options: WriteOptions = {}): string {
    this.#announce('PATCH', [type.name, id], fields);
    return this.#update(type, id, fields, options);
  }

  /**
   * Updates the record of a key, or creates it.
   *
   * @throws AmbiguousKeyError, and ApiError 404 if none may be created.
   */
  upsert(target: UpsertTarget, fields: Fields, options: WriteOptions = {}): Upserted {
    const { type, field, value, updateOnly = false } = target;
    this.#announce('PATCH', [type.name, field.name, String(value)], fields);
    const record = this.findOne(type, field, value);
    if (record !== undefined) {
      this.#update(type, record.Id, fields, options);
      return { id: record.Id, created: false };
    }
    if (updateOnly) throw notFound();
    const id = this.#insert(type, { ...fields, [field.name]: value }, options);
    return { id, created: true };
  }

  /** Moves a record to the recycle bin, with its master-detail children. @returns the record's id. */
  remove(type: SObjectType, id: string): string {
    this.#announce('DELETE', [type.name, id]);
    return this.#remove(type, id);
  }

  /** Removes the record of a key. @throws AmbiguousKeyError, and ApiError 404. */
  removeByKey(type: SObjectType, field: Field, value: unknown): void {
    this.#announce('DELETE', [type.name, field.name, String(value)]);
    const record = this.findOne(type, field, value);
    if (record === undefined) throw notFound();
    this.#remove(type, record.Id);
  }

  /** Starts auto-numbers again. */
  reset(): void {
    this.#numbers.reset();
  }

  #announce(method: Write['method'], names: readonly string[], fields: Fields = {}): void {
    this.#context.hooks.onWrite?.({ method, path: `/sobjects/${names.join('/')}`, fields });
  }

  #insert(type: SObjectType, fields: Fields, options: WriteOptions): string {
    return this.#context.database.transaction(() => {
      requireUsable(this.#context.permissions, type, 'Create');
      requireStorage(this.#context.settings.current);
      const given = toRowFields({ ...this.#context, ...options }, type, fields, true);
      const set = Object.entries(given).filter(([, value]) => value !== null);
      const defaults = type.fields.map((field) => [field.name, this.#defaultOf(type, field)]);
      const { CreatedDate, CreatedById, ...changed } = this.#audit();
      const row: Row = {
        ...Object.fromEntries(defaults),
        ...Object.fromEntries(set),
        ...{ CreatedDate, CreatedById, ...changed },
        Id: this.#context.newId(type.keyPrefix),
      };
      this.#store(type, row, undefined, options);
      options.chunk?.add(row.Id);
      return row.Id;
    });
  }

  #update(type: SObjectType, id: string, fields: Fields, options: WriteOptions): string {
    return this.#context.database.transaction(() => {
      requireMutable(type, 'update');
      const old = this.find(type, id);
      requireUsable(this.#context.permissions, type, 'Edit');
      const given = toRowFields({ ...this.#context, ...options }, type, fields, false);
      const { CreatedDate: _date, CreatedById: _user, ...changed } = this.#audit();
      this.#store(type, { ...old, ...given, ...changed, Id: old.Id }, old, options);
      return old.Id;
    });
  }

  #remove(type: SObjectType, id: string): string {
    const { database, permissions, persons, settings } = this.#context;
    return database.transaction(() => {
      requireMutable(type, 'delete');
      const row = this.find(type, id);
      requireUsable(permissions, type, 'Delete');
      requireWritable(settings.current);
      persons.beforeRemove(type, row);
      this.#checkMixed?.(type, row);
      this.#lock(type, row);
      database.save(type, {
        ...row,
        IsDeleted: true,
        SystemModstamp: this.#audit().SystemModstamp,
      });
      for (const [child, field] of detailsOf(database, type)) {
        const children = database.findBy(child, field, row.Id);
        for (const { Id } of children) this.#remove(child, Id);
      }
      return row.Id;
    });
  }

  #audit() {
    const { userId, now = () => new Date() } = this.#context;
    return auditFields(userId, now());
  }

  /** Locks a row with its parents, also those of before. */
  #lock(type: SObjectType, row: Row, old = row): void {
    const { database } = this.#context;
    const parents = [row, old].flatMap((version) => parentsOf(database, type, version));
    const ids = [...new Set([row.Id, ...parents])];
    if (database.lock(ids)) return;
    const message = `unable to obtain exclusive access to this record or ${ids.length} records: ${ids.join(', ')}`;
    throw apiError(400, 'UNABLE_TO_LOCK_ROW', message, []);
  }

  #store(type: SObjectType, given: Row, old: Row | undefined, { chunk }: WriteOptions): void {
    const { automation, database, persons, settings } = this.#context;
    requireWritable(settings.current);
    const row = persons.complete(type, derive(type, given, old), old, given);
    this.#checkMixed?.(type, row);
    requireFields(type, row);
    this.#lock(type, row, old);
    persons.before(type, row);
    requireSetup(database, type, row);
    automation.before(type, row, old);
    requireUnique({ database, settings }, type, row, chunk);
    database.save(type, row);
    persons.after(type, row, old);
    automation.after(type, row, old, (target, fields) => this.#insert(target, fields, {}));
  }

  #defaultOf(type: SObjectType, field: Field): unknown {
    if (field.autoNumber !== undefined) return this.#numbers.next(type, field.autoNumber);
    return field.name === 'OwnerId' ? this.#context.userId : initialValue(field);
  }
}
