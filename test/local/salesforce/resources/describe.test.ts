import 'jsforce';
import { Connection } from 'jsforce/lib/connection.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTestOrg } from '../harness.ts';

const org = useTestOrg();
let connection: Connection;
beforeAll(() => {
  const { url: instanceUrl, token: accessToken } = org();
  connection = new Connection({ instanceUrl, accessToken, version: '68.0' });
});

describe('describe (documented: sObject Describe, Describe Global), with jsforce', () => {
  it('lists all objects', async () => {
    const { sobjects, maxBatchSize } = await connection.describeGlobal();
    expect(maxBatchSize).toBe(200);
    expect(sobjects.find(({ name }) => name === 'Account')).toMatchObject({
      keyPrefix: '001',
      label: 'Account',
      labelPlural: 'Accounts',
      createable: true,
      custom: false,
      queryable: true,
      urls: { describe: '/services/data/v68.0/sobjects/Account/describe' },
    });
    expect(sobjects.find(({ name }) => name === 'Order__e')).toMatchObject({ queryable: false });
  });

  it('describes fields', async () => {
    const { fields } = await connection.describe('contact');
    const byName = new Map(fields.map((field) => [field.name, field]));
    expect(byName.get('LastName')).toMatchObject({
      label: 'Last Name',
      type: 'string',
      length: 80,
      byteLength: 240,
      nillable: false,
      createable: true,
      updateable: true,
      soapType: 'xsd:string',
      defaultedOnCreate: false,
      compoundFieldName: 'Name',
    });
    expect(byName.get('Name')).toMatchObject({ createable: false, nameField: true });
    expect(byName.get('Email')).toMatchObject({ idLookup: true, externalId: false });
    expect(byName.get('Ext__c')).toMatchObject({
      externalId: true,
      unique: true,
      custom: true,
      caseSensitive: false,
    });
    expect(byName.get('AccountId')).toMatchObject({
      type: 'reference',
      referenceTo: ['Account'],
      relationshipName: 'Account',
    });
    expect(byName.get('LeadSource')?.picklistValues?.[0]).toMatchObject({
      active: true,
      value: 'Web',
    });
    expect(byName.get('CreatedDate')).toMatchObject({ nillable: false, createable: false });
  });

  it('describes children, record types and urls', async () => {
    const { childRelationships, recordTypeInfos, urls } = await connection.describe('Account');
    expect(childRelationships).toContainEqual(
      expect.objectContaining({
        childSObject: 'Contact',
        field: 'AccountId',
        relationshipName: 'Contacts',
      }),
    );
    expect(recordTypeInfos.map(({ name }) => name)).toEqual([
      'Business Account',
      'Person Account',
      'Master',
    ]);
    expect(urls['rowTemplate']).toBe('/services/data/v68.0/sobjects/Account/{ID}');
  });

  it('gives basic information of an object, and 404 for others', async () => {
    expect((await org().rest('GET', '/sobjects/Account')).body).toMatchObject({
      objectDescribe: { name: 'Account', keyPrefix: '001' },
      recentItems: [],
    });
    expect((await org().rest('GET', '/sobjects/Nobody__c/describe')).status).toBe(404);
  });

  it('names layouts as not simulated', async () => {
    const answer = await org().rest('GET', '/sobjects/Account/describe/layouts');
    expect(answer.body).toMatchObject([{ errorCode: 'NOT_SIMULATED' }]);
  });
});
