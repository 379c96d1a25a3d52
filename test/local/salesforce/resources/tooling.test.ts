import 'jsforce';
import { Connection } from 'jsforce/lib/connection.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeOrgCredentials } from '../../../../local/stack/simulator.ts';
import { type Answer, startTestOrg, type TestOrg } from '../harness.ts';

const METADATA = {
  type: 'Text',
  label: 'Event Id',
  length: 255,
  unique: true,
  externalId: true,
  caseSensitive: true,
  required: false,
};

const credentials = makeOrgCredentials();
let org: TestOrg;
beforeEach(async () => {
  org = await startTestOrg({ org: credentials });
  return () => org.close();
});

const create = (FullName: string, Metadata: object = METADATA): Promise<Answer> =>
  org.rest('POST', '/tooling/sobjects/CustomField', { FullName, Metadata });
const post = (sObject: string, fields: object) => org.rest('POST', `/sobjects/${sObject}`, fields);
const idOf = ({ body }: Answer): string => String(Object(body).id);
const errorOf = ({ body }: Answer) => Object(body)[0];
const describedFields = async (sObject: string): Promise<string[]> => {
  const { fields } = Object((await org.rest('GET', `/sobjects/${sObject}/describe`)).body);
  return fields.map(({ name }: { name: string }) => name);
};

/** A permission set that the integration user has. */
async function assignedSet(): Promise<string> {
  const ParentId = idOf(await post('PermissionSet', { Name: 'Event_Id', Label: 'Event Id' }));
  const [user] = Object((await org.control('GET', 'records/User')).body);
  await post('PermissionSetAssignment', { PermissionSetId: ParentId, AssigneeId: user.Id });
  return ParentId;
}

const grant = async (field: string, edit = true): Promise<Answer> =>
  post('FieldPermissions', {
    ParentId: await assignedSet(),
    SobjectType: field.split('.')[0],
    Field: field,
    PermissionsRead: true,
    PermissionsEdit: edit,
  });

describe('a field added by Tooling API (documented: Tooling API, CustomField)', () => {
  it('is invisible until field-level security grants it (documented: Object Reference, FieldPermissions)', async () => {
    expect((await create('Case.Event_Id__c')).status).toBe(201);
    expect(await describedFields('Case')).not.toContain('Event_Id__c');
    expect(errorOf(await post('Case', { Event_Id__c: 'a' }))).toEqual({
      errorCode: 'INVALID_FIELD',
      message: "No such column 'Event_Id__c' on sobject of type Case",
    });
    expect((await org.query('SELECT Event_Id__c FROM Case')).status).toBe(400);
    expect((await org.rest('PATCH', '/sobjects/Case/Event_Id__c/a', {})).status).toBe(404);
    expect((await grant('Case.Event_Id__c')).status).toBe(201);
    expect(await describedFields('Case')).toContain('Event_Id__c');
    expect((await post('Case', { Event_Id__c: 'a' })).status).toBe(201);
    expect(errorOf(await post('Case', { Event_Id__c: 'a' })).errorCode).toBe('DUPLICATE_VALUE');
    expect((await org.rest('PATCH', '/sobjects/Case/Event_Id__c/A', {})).status).toBe(201);
  });

  it('is read-only if it is granted so', async () => {
    await create('Case.Event_Id__c');
    await grant('Case.Event_Id__c', false);
    expect((await org.query('SELECT Event_Id__c FROM Case')).status).toBe(200);
    const { errorCode, message, fields } = errorOf(await post('Case', { Event_Id__c: 'a' }));
    expect([errorCode, fields]).toEqual(['INVALID_FIELD_FOR_INSERT_UPDATE', ['Event_Id__c']]);
    expect(message).toContain('check the security settings of this field');
  });

  it('needs no permission if it is required, and refuses one (reported: jsforce #1584)', async () => {
    await create('Bug__c.Must__c', { ...METADATA, required: true });
    expect(await describedFields('Bug__c')).toContain('Must__c');
    expect((await grant('Bug__c.Must__c')).status).toBe(400);
    expect(errorOf(await post('Bug__c', { Name: 'x' })).errorCode).toBe('REQUIRED_FIELD_MISSING');
  });

  it('exists once (reported text: simple-salesforce #621)', async () => {
    await create('Case.Event_Id__c');
    const { message } = errorOf(await create('Case.Event_Id__c'));
    expect(message).toMatch(/^There is already a field named Event_Id on Case/);
  });

  it.each([
    ['Case.Event_Id__c', { ...METADATA, length: undefined }, "Must specify 'length'"],
    ['Case.Event_Id__c', { ...METADATA, type: 'Words' }, 'Words'],
    ['Case.Event_Id__c', { ...METADATA, type: 'Checkbox', externalId: true }, "'externalId'"],
    ['Case.Event_Id__c', { label: 'x' }, 'type'],
    ['Case.Event_Id', METADATA, '__c'],
    ['Nobody__c.Event_Id__c', METADATA, 'Nobody__c'],
    ['Task.Event_Id__c', METADATA, 'Task'],
  ])('is refused: %s %j', async (fullName, metadata, text) => {
    const answer = await create(fullName, metadata);
    expect(answer.status).toBe(400);
    expect(errorOf(answer).message).toContain(text);
  });

  it('of Activity is one of tasks and events', async () => {
    expect((await create('Activity.Event_Id__c', { ...METADATA, required: true })).status).toBe(
      201,
    );
    for (const sObject of ['Task', 'Event'])
      expect(await describedFields(sObject)).toContain('Event_Id__c');
  });

  it('is read, changed and removed', async () => {
    const path = `/tooling/sobjects/CustomField/${idOf(await create('Case.Event_Id__c'))}`;
    expect((await org.rest('GET', path)).body).toMatchObject({
      FullName: 'Case.Event_Id__c',
      Metadata: { type: 'Text', length: 255, externalId: true, unique: true, caseSensitive: true },
    });
    const Metadata = { ...METADATA, caseSensitive: false };
    expect((await org.rest('PATCH', path, { Metadata })).status).toBe(204);
    await grant('Case.Event_Id__c');
    await post('Case', { Event_Id__c: 'a' });
    expect(errorOf(await post('Case', { Event_Id__c: 'A' })).errorCode).toBe('DUPLICATE_VALUE');
    expect((await org.rest('DELETE', path)).status).toBe(204);
    expect((await org.rest('GET', path)).status).toBe(404);
    expect((await org.control('GET', 'records/FieldPermissions')).body).toEqual([]);
  });

  it('is found by queries, with jsforce', async () => {
    await create('Case.Event_Id__c');
    const connection = new Connection({ instanceUrl: org.url, accessToken: org.token });
    const { records } = await connection.tooling.query(
      "SELECT Id, DeveloperName, TableEnumOrId FROM CustomField WHERE DeveloperName = 'Event_Id' AND TableEnumOrId = 'Case'",
    );
    expect(records).toMatchObject([{ DeveloperName: 'Event_Id', TableEnumOrId: 'Case' }]);
    const fields = await connection.tooling.query(
      "SELECT QualifiedApiName, EntityDefinition.QualifiedApiName FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName = 'Case' AND QualifiedApiName = 'Event_Id__c'",
    );
    expect(fields.records).toMatchObject([{ EntityDefinition: { QualifiedApiName: 'Case' } }]);
    const made = await connection.tooling.sobject('CustomField').create({
      FullName: 'Lead.Score__c',
      Metadata: { type: 'Number', label: 'Score', precision: 5, scale: 0 },
    });
    expect(made).toMatchObject({ success: true });
  });

  it('is the only part of Tooling API, by name', async () => {
    expect(errorOf(await org.rest('POST', '/tooling/sobjects/ApexClass', {}))).toMatchObject({
      errorCode: 'NOT_SIMULATED',
      message: expect.stringContaining('ApexClass'),
    });
  });
});

describe('an object without permissions (documented: Object Reference, ObjectPermissions)', () => {
  beforeEach(() =>
    org.control('POST', 'schema', { name: 'Hidden__c', granted: false, fields: [] }),
  );
  const grantObject = async (permissions: object) =>
    post('ObjectPermissions', {
      ParentId: await assignedSet(),
      SobjectType: 'Hidden__c',
      ...permissions,
    });

  it('is as if it did not exist', async () => {
    expect((await post('Hidden__c', { Name: 'x' })).status).toBe(404);
    expect((await org.rest('GET', '/sobjects/Hidden__c/describe')).status).toBe(404);
    expect(errorOf(await org.query('SELECT Id FROM Hidden__c')).errorCode).toBe('INVALID_TYPE');
  });

  it('is read and written as far as permissions go', async () => {
    expect((await grantObject({ PermissionsCreate: true })).status).toBe(400);
    expect((await grantObject({ PermissionsRead: true })).status).toBe(400);
  });

  it('can be created with Create, and not be edited without Edit', async () => {
    await grantObject({ PermissionsRead: true, PermissionsCreate: true });
    const created = await post('Hidden__c', { Name: 'x' });
    expect(created.status).toBe(201);
    const edited = await org.rest('PATCH', `/sobjects/Hidden__c/${idOf(created)}`, { Name: 'y' });
    expect(errorOf(edited).message).toContain('entity type cannot be updated');
  });
});
