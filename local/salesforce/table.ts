import { apiError } from './errors.ts';
import { toLongId } from './ids.ts';
import { type Fields, isMissing } from './object-rules.ts';

export type StoredRecord = Fields & { readonly Id: string };

export const isExternalId = (field: string): boolean => /__c$/i.test(field);

/** The normalized value of an external id field, which is unique regardless of case. */
const keyOf = (field: string, value: unknown): string => `${field}/${String(value)}`.toLowerCase();

const keysOf = (record: StoredRecord | undefined): string[] =>
  Object.entries(record ?? {})
    .filter(([field, value]) => isExternalId(field) && !isMissing(value))
    .map(([field, value]) => keyOf(field, value));

/** The records of one object, found by id or by the value of a custom field. */
export function createTable(name: string) {
  const records = new Map<string, StoredRecord>();
  const deleted = new Set<string>();
  /** Lower-case names of fields used in an upsert: unique from then on. */
  const externalIds = new Set<string>();
  const index = new Map<string, Set<string>>();

  const unlink = (record: StoredRecord): void => {
    for (const key of keysOf(record)) index.get(key)?.delete(record.Id);
  };

  return {
    name,
    find: (id: string): StoredRecord | undefined => records.get(toLongId(id)),
    wasDeleted: (id: string): boolean => deleted.has(toLongId(id)),
    all: (): StoredRecord[] => [...records.values()],
    save: (record: StoredRecord): void => {
      const before = records.get(record.Id);
      if (before) unlink(before);
      records.set(record.Id, record);
      for (const key of keysOf(record))
        index.set(key, (index.get(key) ?? new Set()).add(record.Id));
    },
    remove: (record: StoredRecord): void => {
      unlink(record);
      records.delete(record.Id);
      deleted.add(record.Id);
    },
    findByField: (field: string, value: unknown): StoredRecord[] =>
      [...(index.get(keyOf(field, value)) ?? [])].flatMap((id) => records.get(id) ?? []),
    makeExternalId: (field: string): void => {
      externalIds.add(field.toLowerCase());
    },
    isUnique: (field: string): boolean => externalIds.has(field.toLowerCase()),
  };
}

export type Table = ReturnType<typeof createTable>;

/** @throws ApiError DUPLICATE_VALUE when another record has the value of an external id field. */
export function requireUnique(table: Table, id: string, fields: Fields): void {
  for (const [field, value] of Object.entries(fields)) {
    if (!table.isUnique(field) || isMissing(value)) continue;
    const other = table.findByField(field, value).find(({ Id }) => Id !== id);
    if (other === undefined) continue;
    const message = `duplicate value found: ${field} duplicates value on record with id: ${other.Id}`;
    throw apiError(400, 'DUPLICATE_VALUE', message, [field]);
  }
}
