import { createIds } from './ids.ts';
import type { Fields } from './input.ts';

/** Key prefix of query locators. */
const KEY_PREFIX = '01g';

export interface Page {
  readonly totalSize: number;
  readonly records: readonly Fields[];
  /** The locator of the next page; undefined for the last one. */
  readonly next: string | undefined;
}

interface Cursor {
  readonly records: readonly Fields[];
  readonly pageSize: number;
}

/** Results of more than one page, kept until the org is reset. */
export class Cursors {
  readonly #cursors = new Map<string, Cursor>();
  readonly #newId = createIds();

  /** The first page of a result. */
  open(records: readonly Fields[], pageSize: number): Page {
    if (records.length <= pageSize) return { totalSize: records.length, records, next: undefined };
    const id = this.#newId(KEY_PREFIX);
    const cursor = { records, pageSize };
    this.#cursors.set(id, cursor);
    return this.#page(id, cursor, 0);
  }

  /** The page of a locator like `01g…-2000`. @returns undefined if there is no such cursor, or no such page. */
  page(locator: string): Page | undefined {
    const [, id = '', start = ''] = /^(\w{15,18})-(\d+)$/.exec(locator) ?? [];
    const cursor = this.#cursors.get(id);
    const at = Number(start);
    return cursor && at > 0 && at < cursor.records.length ? this.#page(id, cursor, at) : undefined;
  }

  reset(): void {
    this.#cursors.clear();
  }

  #page(id: string, { records, pageSize }: Cursor, start: number): Page {
    const end = start + pageSize;
    return {
      totalSize: records.length,
      records: records.slice(start, end),
      next: end < records.length ? `${id}-${end}` : undefined,
    };
  }
}
