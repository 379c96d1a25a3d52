import type { Field } from './fields.ts';
import { toLongId } from './ids.ts';
import type { Schema, SObjectType } from './schema.ts';

/** A record under its fields' API names. `IsDeleted` is true in the recycle bin. */
export type Row = Readonly<Record<string, unknown>> & { readonly Id: string };

interface Table {
  readonly rows: Map<string, Row>;
  /** Ids of rows by field and value, for external ids, lookups, and unique fields. */
  readonly index: Map<string, Set<string>>;
}

/** What a request holds until it is answered: ids of rows and parents, and the rows as they were before. */
interface Holder {
  readonly ids: Set<string>;
  readonly before: Map<string, Row | undefined>;
  /** Resolves when the request is answered. */
  readonly released: Promise<void>;
  readonly release: () => void;
}

function newHolder(): Holder {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { ids: new Set(), before: new Map(), released: promise, release: resolve };
}

/** Ends a request that is to wait for a lock. Roll it back, and run it again when `released` has resolved. */
export class LockConflict extends Error {
  override readonly name = 'LockConflict';
  readonly released: Promise<void>;

  constructor(released: Promise<void>) {
    super('A request in flight holds a lock that this one needs');
    this.released = released;
  }
}

const isIndexed = ({
  externalId,
  idLookup,
  unique,
  masterDetail,
  cascadeDelete,
  name,
}: Field): boolean =>
  name !== 'Id' && [externalId, idLookup, unique, masterDetail, cascadeDelete].includes(true);

/** What values of a field are compared by: the text, in lower case unless the field tells cases apart. */
function keyOf({ name, caseSensitive }: Field, value: unknown): string {
  const text = String(value).trim();
  return `${name}/${caseSensitive === true ? text : text.toLowerCase()}`;
}

/** A key as upsert compares it: non-unique external ids, and unique ones that tell cases apart, by their exact text ("SOAP API Developer Guide", upsert()). */
export function upsertKey({ unique, caseSensitive, externalId }: Field, value: unknown): string {
  const text = String(value).trim();
  const isExact = unique === true ? caseSensitive === true : externalId === true;
  return isExact ? text : text.toLowerCase();
}

const keysOf = (type: SObjectType, row: Row): string[] =>
  type.fields
    .filter((field) => isIndexed(field) && (row[field.name] ?? null) !== null)
    .map((field) => keyOf(field, row[field.name]));

const isLive = (row: Row | undefined): row is Row => row !== undefined && row['IsDeleted'] !== true;

/**
 * The org's rows, with transactions. Everything is synchronous, so that no request is interleaved with another. A request
 * that takes time holds its rows (`begin`, `hold`): until it is answered, others see them as they were, and can't lock them.
 */
export class Database {
  readonly schema: Schema;
  readonly #tables = new Map<string, Table>();
  readonly #undo: (() => void)[] = [];
  #depth = 0;
  readonly #held = new Set<Holder>();
  #current = newHolder();
  #waits = false;

  constructor(schema: Schema) {
    this.schema = schema;
  }

  /** Runs work whose writes all stay, or, when it throws, none. Can be nested. */
  transaction<Result>(work: () => Result): Result {
    const mark = this.#undo.length;
    this.#depth += 1;
    try {
      return work();
    } catch (error) {
      while (this.#undo.length > mark) this.#undo.pop()?.();
      throw error;
    } finally {
      this.#depth -= 1;
      if (this.#depth === 0) this.#undo.length = 0;
    }
  }

  /** Starts a request, whose locks are its own. With `waits`, it throws LockConflict where a lock is held. */
  begin({ waits = false }: { waits?: boolean } = {}): void {
    this.#current = newHolder();
    this.#waits = waits;
  }

  /** The number of rows that the request wrote. */
  get written(): number {
    return this.#current.before.size;
  }

  /** Holds what the request locked and wrote until the returned function is called. */
  hold(): () => void {
    const holder = this.#current;
    this.begin();
    this.#held.add(holder);
    return () => {
      this.#held.delete(holder);
      holder.release();
    };
  }

  /**
   * Locks rows for this request.
   *
   * @returns false if a request in flight holds one of them.
   * @throws LockConflict instead, if the request waits for locks.
   */
  lock(ids: readonly string[]): boolean {
    const other = [...this.#held].find((holder) => ids.some((id) => holder.ids.has(id)));
    if (other !== undefined && this.#waits) throw new LockConflict(other.released);
    if (other !== undefined) return false;
    for (const id of ids) this.#current.ids.add(id);
    return true;
  }

  /** A row, also from the recycle bin, by its id in either form. */
  find(type: SObjectType, id: string): Row | undefined {
    const long = toLongId(id);
    return this.#committed(long, this.#table(type).rows.get(long));
  }

  /** Rows in the order of their creation; `deleted`: with those in the recycle bin. */
  rows(type: SObjectType, { deleted = false }: { deleted?: boolean } = {}): Row[] {
    return [...this.#table(type).rows.entries()].flatMap(([id, row]) => {
      const visible = this.#committed(id, row);
      return visible !== undefined && (deleted || isLive(visible)) ? [visible] : [];
    });
  }

  /** Rows by the value of an external id, a lookup, or a unique field, without the recycle bin. */
  findBy(type: SObjectType, field: Field, value: unknown): Row[] {
    return this.#indexed(type, field, value, (id, row) => this.#committed(id, row));
  }

  /** Like `findBy`, for upsert and references to parents. */
  findByKey(type: SObjectType, field: Field, value: unknown): Row[] {
    const key = upsertKey(field, value);
    return this.findBy(type, field, value).filter(
      (row) => upsertKey(field, row[field.name]) === key,
    );
  }

  /** Like `findBy`, with what requests in flight wrote: a unique index sees their keys. */
  findByIndex(type: SObjectType, field: Field, value: unknown): Row[] {
    return this.#indexed(type, field, value, (_id, row) => row);
  }

  save(type: SObjectType, row: Row): void {
    this.#write(type, row.Id, row);
  }

  /** Removes a row for good, as emptying the recycle bin does. */
  purge(type: SObjectType, id: string): void {
    this.#write(type, toLongId(id), undefined);
  }

  /** Builds an object's index again, after a field has become unique or an external id. */
  reindex(type: SObjectType): void {
    const { rows, index } = this.#table(type);
    index.clear();
    for (const [id, row] of rows) this.#put(type, id, row);
  }

  reset(): void {
    this.#tables.clear();
    this.#held.clear();
  }

  #table({ name }: SObjectType): Table {
    const key = name.toLowerCase();
    const table = this.#tables.get(key) ?? { rows: new Map(), index: new Map() };
    this.#tables.set(key, table);
    return table;
  }

  #committed(id: string, row: Row | undefined): Row | undefined {
    for (const { before } of this.#held) if (before.has(id)) return before.get(id);
    return row;
  }

  #indexed(
    type: SObjectType,
    field: Field,
    value: unknown,
    see: (id: string, row: Row | undefined) => Row | undefined,
  ): Row[] {
    const { rows, index } = this.#table(type);
    const ids = [...(index.get(keyOf(field, value)) ?? [])];
    return ids.map((id) => see(id, rows.get(id))).filter(isLive);
  }

  #put(type: SObjectType, id: string, row: Row | undefined): void {
    const { rows, index } = this.#table(type);
    const before = rows.get(id);
    if (before) for (const key of keysOf(type, before)) index.get(key)?.delete(id);
    if (row === undefined) {
      rows.delete(id);
      return;
    }
    rows.set(id, row);
    for (const key of keysOf(type, row)) index.set(key, (index.get(key) ?? new Set()).add(id));
  }

  #write(type: SObjectType, id: string, row: Row | undefined): void {
    const before = this.#table(type).rows.get(id);
    this.#current.ids.add(id);
    if (!this.#current.before.has(id)) this.#current.before.set(id, before);
    this.#put(type, id, row);
    this.#undo.push(() => this.#put(type, id, before));
  }
}
