import { expect } from 'vitest';
import type { SObjectDefinition } from '../../../../local/salesforce/org/schema.ts';
import { type Answer, type TestOrg, useTestOrg } from '../harness.ts';

const text = (name: string, more: object = {}) =>
  ({ name, type: 'string', length: 255, ...more }) as const;

/** Objects with every kind of key, a parent, a master, and a setup object. */
const schema: readonly SObjectDefinition[] = [
  {
    name: 'Widget__c',
    fields: [
      text('Ext__c', { externalId: true, unique: true }),
      text('Exact__c', { externalId: true, unique: true, caseSensitive: true }),
      text('Loose__c', { externalId: true }),
      { name: 'Number__c', type: 'double', scale: 0, externalId: true, unique: true },
      text('Serial__c', { unique: true }),
      text('Text__c'),
      { name: 'Amount__c', type: 'double', scale: 2 },
      { name: 'Active__c', type: 'boolean' },
      { name: 'Contact__c', type: 'reference', referenceTo: ['Contact'] },
      { name: 'Widget__c', type: 'reference', referenceTo: ['Widget__c'] },
    ],
  },
  {
    name: 'Part__c',
    fields: [
      text('Ext__c', { externalId: true, unique: true }),
      { name: 'Widget__c', type: 'reference', referenceTo: ['Widget__c'], masterDetail: true },
    ],
  },
  { name: 'Gadget__c', fields: [text('Ext__c', { externalId: true, unique: true })] },
  { name: 'Setting__c', setup: true, fields: [] },
  { name: 'Notice__e', fields: [text('Text__c')] },
];

/** A simulated org with those objects, for a file of tests. */
export const useWidgetOrg = (): (() => TestOrg) => useTestOrg({ schema });

export const widget = (fields: object) => ({ attributes: { type: 'Widget__c' }, ...fields });

/** The stored, live records of an object. */
export async function stored(
  org: TestOrg,
  sObject = 'Widget__c',
): Promise<Record<string, unknown>[]> {
  const { body } = await org.control('GET', `records/${sObject}`);
  if (!Array.isArray(body)) throw new Error(`No records: ${JSON.stringify(body)}`);
  return body;
}

/** Creates a record. @returns its id */
export async function created(org: TestOrg, sObject: string, fields: object): Promise<string> {
  const { status, body } = await org.rest('POST', `/sobjects/${sObject}`, fields);
  expect(body).toMatchObject({ success: true });
  expect(status).toBe(201);
  return Object(body).id;
}

/** The body of an error response with one entry. */
export const error = (errorCode: string, message: unknown, fields?: readonly string[]) => [
  { errorCode, message, ...(fields === undefined ? {} : { fields }) },
];

/** The result of a record that a collection refuses. */
export const refused = (statusCode: string, message: unknown, fields: readonly string[] = []) => ({
  success: false,
  errors: [{ statusCode, message, fields }],
});

export const success = expect.objectContaining({ success: true, errors: [] });

export const ROLLED_BACK = refused(
  'ALL_OR_NONE_OPERATION_ROLLED_BACK',
  'Record rolled back because not all records were valid and the request was using AllOrNone header',
);

export const bodies = ({ body }: Answer): unknown[] => {
  if (!Array.isArray(body)) throw new Error(`Not an array: ${JSON.stringify(body)}`);
  return body;
};
