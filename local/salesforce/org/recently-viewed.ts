import type { Database, Row } from './database.ts';
import type { SObjectType } from './schema.ts';
import { timestamp } from './values.ts';

/** What the user has viewed or referenced last: by `FOR VIEW` and `FOR REFERENCE` in SOQL only, as no user interface does. */
export class RecentlyViewed {
  readonly #database: Database;
  /** The latest last. */
  readonly #ids = new Set<string>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** "SOQL and SOSL Reference", FOR VIEW and FOR REFERENCE. */
  add(type: SObjectType, rows: readonly Row[], as: 'VIEW' | 'REFERENCE'): void {
    const field = type.field(as === 'VIEW' ? 'LastViewedDate' : 'LastReferencedDate');
    for (const row of rows) {
      this.#ids.delete(row.Id);
      this.#ids.add(row.Id);
      if (field) this.#database.save(type, { ...row, [field.name]: timestamp(new Date()) });
    }
  }

  /** Rows with their objects, the latest first. */
  list(): [SObjectType, Row][] {
    return [...this.#ids].reverse().flatMap((id): [SObjectType, Row][] => {
      const type = this.#database.schema.byId(id);
      const row = type && this.#database.find(type, id);
      return type && row && row['IsDeleted'] !== true ? [[type, row]] : [];
    });
  }

  reset(): void {
    this.#ids.clear();
  }
}
