import { ApiError } from '../../../../local/salesforce/errors.ts';
import { createOrg, type Org } from '../../../../local/salesforce/org/org.ts';
import type { SObjectDefinition } from '../../../../local/salesforce/org/schema.ts';
import { readSchemaFiles } from '../../../../local/salesforce/org/schema-file.ts';
import { createSettings } from '../../../../local/salesforce/settings.ts';
import { runQuery } from '../../../../local/salesforce/soql/query.ts';

/** One object with a field of every kind that SOQL compares in its own way, and a child of it. */
const KINDS: readonly SObjectDefinition[] = [
  {
    name: 'Kind__c',
    fields: [
      { name: 'Text__c', type: 'string', length: 255 },
      { name: 'Key__c', type: 'string', length: 40, externalId: true, unique: true },
      { name: 'Hash__c', type: 'string', length: 40, unique: true, caseSensitive: true },
      { name: 'Loose__c', type: 'string', length: 40, externalId: true, caseSensitive: true },
      { name: 'Int__c', type: 'int', precision: 9 },
      { name: 'Number__c', type: 'double', precision: 16, scale: 2 },
      { name: 'Flag__c', type: 'boolean' },
      { name: 'Day__c', type: 'date' },
      { name: 'At__c', type: 'datetime' },
      { name: 'Long__c', type: 'textarea', length: 32_000 },
      { name: 'Short__c', type: 'textarea', length: 255 },
      { name: 'Tags__c', type: 'multipicklist', values: ['a', 'b', 'c'] },
      { name: 'Parent__c', type: 'reference', referenceTo: ['Kind__c'] },
      { name: 'Anyone__c', type: 'reference', referenceTo: ['Account', 'Contact'] },
    ],
  },
];

export interface QueriedOrg {
  readonly org: Org;
  readonly insert: (sObject: string, fields: Record<string, unknown>) => string;
  readonly remove: (sObject: string, id: string) => void;
  /** The records of a query, without `attributes`; with `queryAll`, deleted ones too. */
  readonly records: (soql: string, options?: { deleted?: boolean; now?: Date }) => unknown[];
  /** A field of the records of a query. */
  readonly column: (soql: string, options?: { deleted?: boolean; now?: Date }) => unknown[];
  readonly size: (soql: string) => number;
  /** The code and text of the error of a query. */
  readonly errorOf: (soql: string) => { errorCode: string; message: string };
}

function withoutAttributes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAttributes);
  if (typeof value !== 'object' || value === null) return value;
  const { attributes: _attributes, ...fields } = Object(value);
  return Object.fromEntries(Object.entries(fields).map(([k, v]) => [k, withoutAttributes(v)]));
}

/** An org without HTTP, and queries of it. */
export function createQueriedOrg(): QueriedOrg {
  const org = createOrg({
    definitions: [...readSchemaFiles(), ...KINDS],
    username: 'integration@example.com',
    settings: createSettings({ dailyApiRequests: 1000 }),
  });
  const run = (soql: string, { deleted = false, now = new Date() } = {}) =>
    runQuery(soql, {
      org,
      deleted,
      now,
      urlOf: (type, id) => `/services/data/v68.0/sobjects/${type.name}/${id}`,
    });
  const records: QueriedOrg['records'] = (soql, options) =>
    run(soql, options).records.map(withoutAttributes);
  return {
    org,
    insert: (sObject, fields) => org.dml.insert(org.requireSObject(sObject), fields),
    remove: (sObject, id) => org.dml.remove(org.requireSObject(sObject), id),
    records,
    column: (soql, options) =>
      records(soql, options).map((record) => Object.values(Object(record))[0]),
    size: (soql) => run(soql).totalSize,
    errorOf: (soql) => {
      try {
        run(soql);
      } catch (error) {
        if (error instanceof ApiError) return Object(error.body)[0];
        throw error;
      }
      throw new Error(`was expected to fail: ${soql}`);
    },
  };
}
