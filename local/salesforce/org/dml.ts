import { ApiError, apiError } from '../errors.ts';
import type { SettingsStore } from '../settings.ts';
import type { Database, Row } from './database.ts';
import { type createIds, isId } from './ids.ts';
import { type Fields, requireFields, toRowFields } from './input.ts';
import type { Permissions } from './permissions.ts';
import { parentsOf } from './references.ts';
import { requireStorage, requireUnique, requireWritable } from './refusals.ts';
import type { Field, SObjectType } from './schema.ts';
import { isMissing, timestamp } from './values.ts';

/** What an org's own rules do to a write. Each function throws the ApiError that refuses it. */
export interface Automation {
  /** Validation and duplicate rules, which run before unique values are checked ("Triggers and Order of Execution"). */
  readonly before: (type: SObjectType, row: Row, old: Row | undefined) => void;
  /** After-triggers, in the same transaction. */
  readonly after: (type: SObjectType, row: Row, old: Row | undefined) => void;
}

interface Context {
  readonly database: Database;
  readonly permissions: Permissions;
  readonly automation: Automation;
  readonly settings: SettingsStore;
  readonly newId: ReturnType<typeof createIds>;
  readonly userId: string;
  readonly now?: () => Date;
}

export interface WriteOptions {
  /** Records of the same chunk: a duplicate of one of them is named `<unknown>`, as it has no committed id yet. */
  readonly chunk?: ReadonlySet<string>;
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

const url = (sObject: string, id: string): string =>
  `/services/data/v68.0/sobjects/${sObject}/${id}`;

export const notFound = (): ApiError =>
  apiError(404, 'NOT_FOUND', 'The requested resource does not exist');

/** The names of people are made of their parts. */
const PEOPLE = ['Contact', 'Lead', 'User'];

function withName(type: SObjectType, row: Row): Row {
  const isPerson = type.name === 'Account' && !isMissing(row['LastName']);
  if (!PEOPLE.includes(type.name) && !isPerson) return row;
  const Name = [row['FirstName'], row['LastName']].filter((part) => !isMissing(part)).join(' ');
  return { ...row, Name, ...(isPerson ? { IsPersonAccount: true } : {}) };
}

/** Writes to the org by one user. Each method is a transaction of its own, or a part of the one around it. */
export class Dml {
  readonly #context: Context;
  readonly #numbers = new Map<string, number>();

  constructor(context: Context) {
    this.#context = context;
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
   * @throws ApiError 300 with the records' URLs if several have it.
   */
  findOne(type: SObjectType, field: Field, value: unknown): Row | undefined {
    if (field.name === 'Id') return this.find(type, String(value));
    const found = this.#context.database.findBy(type, field, value);
    if (found.length > 1)
      throw new ApiError(
        300,
        found.map(({ Id }) => url(type.name, Id)),
      );
    return found[0];
  }

  /** @returns the new record's id. */
  insert(type: SObjectType, fields: Fields, options: WriteOptions = {}): string {
    return this.#context.database.transaction(() => {
      if (type.createable === false) {
        const message = `entity type cannot be inserted: ${type.label}`;
        throw apiError(400, 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', message, []);
      }
      requireStorage(this.#context.settings.current);
      const given = toRowFields(this.#context, type, fields, true);
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
      return row.Id;
    });
  }

  update(type: SObjectType, id: string, fields: Fields, options: WriteOptions = {}): void {
    this.#context.database.transaction(() => {
      const old = this.find(type, id);
      const given = toRowFields(this.#context, type, fields, false);
      const { CreatedDate: _date, CreatedById: _user, ...changed } = this.#audit();
      this.#store(type, { ...old, ...given, ...changed, Id: old.Id }, old, options);
    });
  }

  /**
   * Updates the record of a key, or creates it.
   *
   * @throws ApiError 300 as `findOne`, and 404 if none may be created.
   */
  upsert(target: UpsertTarget, fields: Fields, options: WriteOptions = {}): Upserted {
    const { type, field, value, updateOnly = false } = target;
    const record = this.findOne(type, field, value);
    if (record !== undefined) {
      this.update(type, record.Id, fields, options);
      return { id: record.Id, created: false };
    }
    if (updateOnly) throw notFound();
    const id = this.insert(type, { ...fields, [field.name]: value }, options);
    return { id, created: true };
  }

  /** Moves a record to the recycle bin, with its master-detail children. */
  remove(type: SObjectType, id: string): void {
    const { database, settings } = this.#context;
    database.transaction(() => {
      const row = this.find(type, id);
      requireWritable(settings.current);
      this.#lock(type, row);
      database.save(type, {
        ...row,
        IsDeleted: true,
        SystemModstamp: this.#audit().SystemModstamp,
      });
      for (const [child, field] of detailsOf(database, type)) {
        const children = database.rows(child).filter((other) => other[field.name] === row.Id);
        for (const { Id } of children) this.remove(child, Id);
      }
    });
  }

  /** Starts auto-numbers again. */
  reset(): void {
    this.#numbers.clear();
  }

  #audit() {
    const { userId, now = () => new Date() } = this.#context;
    const at = timestamp(now());
    return {
      CreatedDate: at,
      CreatedById: userId,
      LastModifiedDate: at,
      LastModifiedById: userId,
      SystemModstamp: at,
    };
  }

  #lock(type: SObjectType, row: Row): void {
    const ids = [row.Id, ...parentsOf(type, row)];
    if (this.#context.database.lock(ids)) return;
    const message = `unable to obtain exclusive access to this record or ${ids.length} records: ${ids.join(', ')}`;
    throw apiError(400, 'UNABLE_TO_LOCK_ROW', message, []);
  }

  #store(type: SObjectType, unnamed: Row, old: Row | undefined, { chunk }: WriteOptions): void {
    const { database, automation, settings } = this.#context;
    requireWritable(settings.current);
    const row = withName(type, unnamed);
    requireFields(type, row);
    this.#lock(type, row);
    automation.before(type, row, old);
    requireUnique({ database, settings }, type, row, chunk);
    database.save(type, row);
    automation.after(type, row, old);
  }

  #defaultOf(type: SObjectType, { default: value, autoNumber, type: kind, name }: Field): unknown {
    if (autoNumber !== undefined) return this.#nextNumber(type, autoNumber);
    if (value !== undefined) return value;
    if (name === 'OwnerId') return this.#context.userId;
    return kind === 'boolean' ? false : null;
  }

  #nextNumber({ name }: SObjectType, format: string): string {
    const next = (this.#numbers.get(name) ?? 0) + 1;
    this.#numbers.set(name, next);
    return format.replace(/\{(0+)\}/, (_, zeros: string) =>
      String(next).padStart(zeros.length, '0'),
    );
  }
}

const detailsOf = ({ schema }: Database, { name }: SObjectType): [SObjectType, Field][] =>
  schema
    .all()
    .flatMap((child) =>
      child.fields
        .filter(({ masterDetail, referenceTo }) => masterDetail && referenceTo?.includes(name))
        .map((field): [SObjectType, Field] => [child, field]),
    );
