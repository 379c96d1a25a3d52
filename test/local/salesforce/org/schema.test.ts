import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../../local/salesforce/errors.ts';
import { createSchema } from '../../../../local/salesforce/org/schema.ts';
import { parseDefinitions, readSchemaFiles } from '../../../../local/salesforce/org/schema-file.ts';
import { type Answer, useTestOrg } from '../harness.ts';

const org = useTestOrg();
const post = (sObject: string, fields: object) =>
  org().rest('POST', `/sobjects/${sObject}`, fields);
const errorOf = ({ body }: Answer) => Object(body)[0];

describe('the schema files', () => {
  const schema = createSchema();
  for (const definition of readSchemaFiles()) schema.define(definition);
  const types = schema.all();

  it('refer to objects that they have', () => {
    const unknown = types.flatMap(({ name, fields }) =>
      fields.flatMap((field) =>
        (field.referenceTo ?? [])
          .filter((target) => schema.sObject(target) === undefined)
          .map((target) => `${name}.${field.name}: ${target}`),
      ),
    );
    expect(unknown).toEqual([]);
  });

  it('give every object its own key prefix, and every field of an object its own name', () => {
    const prefixes = types.map(({ keyPrefix }) => keyPrefix);
    expect(new Set(prefixes).size).toBe(types.length);
    for (const { fields } of types)
      expect(new Set(fields.map(({ name }) => name.toLowerCase())).size).toBe(fields.length);
  });

  it.each([
    ['Contact', 'LastName', { type: 'string', length: 80, required: true, label: 'Last Name' }],
    ['Contact', 'Email', { type: 'email', length: 80, idLookup: true }],
    ['Lead', 'Email', { type: 'email', idLookup: true }],
    ['Account', 'Name', { length: 255, required: true }],
    ['Case', 'Status', { default: 'New' }],
    ['Opportunity', 'CloseDate', { type: 'date', required: true }],
    ['Task', 'Status', { required: true, default: 'Not Started' }],
    ['OrderItem', 'OrderId', { masterDetail: true }],
    ['User', 'Username', { unique: true, idLookup: true }],
  ])('documented: Object Reference, %s: %s', (sObject, name, expected) => {
    expect(schema.sObject(sObject)?.field(name)).toMatchObject(expected);
  });
});

describe('a wrong schema', () => {
  const textOf = (value: unknown): unknown => {
    try {
      return parseDefinitions(value);
    } catch (error) {
      return error instanceof ApiError ? Object(error.body).message : error;
    }
  };

  it.each([
    [{ name: 'A__c', fields: [{ name: 'B__c', type: 'text' }] }, /^A__c\.B__c\.type: .*"string"/],
    [
      { name: 'A__c', fields: [{ name: 'B__c', type: 'string', length: 0 }] },
      /^A__c\.B__c\.length: /,
    ],
    [{ name: 'A__c', fields: [{ name: 'B__c', type: 'reference' }] }, /^A__c\.B__c\.referenceTo: /],
    [
      { name: 'A__c', fields: [{ name: 'B__c', type: 'url', externalId: true }] },
      /externalId: an ext/,
    ],
    [
      { name: 'A__c', fields: [{ name: 'B__c', type: 'string', size: 3 }] },
      /^A__c\.B__c: .*"size"/,
    ],
    [{ name: 'A__c', fields: [3] }, /^A__c\.fields\[0\]: /],
    [[{ name: 'A__c' }, { fields: [] }], /^\[1\]\.name: /],
    ['Contact', /expected object/],
  ])('is refused with its place: %j', (value, message) => {
    expect(textOf(value)).toMatch(message);
  });

  it('is refused by the org if it refers to an object that the org lacks', async () => {
    const fields = [{ name: 'B__c', type: 'reference', referenceTo: ['Nobody__c'] }];
    const answer = await org().control('POST', 'schema', { name: 'A__c', fields });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      message: 'A__c.B__c.referenceTo: the org has no object Nobody__c',
    });
    expect((await post('A__c', {})).status).toBe(404);
  });
});

describe('POST /__sim/schema', () => {
  it('adds objects, and fields of known objects, which the integration user may use', async () => {
    const added = await org().control('POST', 'schema', [
      {
        name: 'Parcel__c',
        fields: [{ name: 'Weight__c', type: 'double', precision: 5, scale: 1 }],
      },
      {
        name: 'Case',
        fields: [{ name: 'Parcel__c', type: 'reference', referenceTo: ['Parcel__c'] }],
      },
    ]);
    expect(added.status).toBe(200);
    const parcel = Object((await post('parcel__C', { weight__c: 12.34 })).body).id;
    expect((await post('Case', { Subject: 'x', Parcel__c: parcel })).status).toBe(201);
    const read = await org().rest('GET', `/sobjects/Parcel__c/${parcel}`);
    expect(read.body).toMatchObject({ Weight__c: 12.3, Name: null });
    await org().control('POST', 'reset');
    expect((await post('Parcel__c', {})).status).toBe(201);
  });

  it('is read back by GET', async () => {
    expect((await org().control('GET', 'schema/contact')).body).toMatchObject({
      name: 'Contact',
      keyPrefix: '003',
    });
    expect((await org().control('GET', 'schema/Nobody__c')).status).toBe(404);
  });
});

describe('unknown names (reported: jsforce #1016)', () => {
  it.each([
    ['a field', { LastName: 'x', Nickname__c: 'y' }, 'Nickname__c'],
    ['an object as a text', { LastName: 'x', Nobody: { Ext__c: 'y' } }, 'Nobody'],
  ])('refuses %s', async (_what, fields, name) => {
    expect(errorOf(await post('Contact', fields))).toEqual({
      errorCode: 'INVALID_FIELD',
      message: `No such column '${name}' on sobject of type Contact`,
    });
  });

  it('refuses an object', async () => {
    expect(errorOf(await post('Nobody__c', {})).errorCode).toBe('NOT_FOUND');
  });

  it('upserts by a lookup field (documented: Object Reference, Lead.Email)', async () => {
    const fields = { LastName: 'x', Company: 'y' };
    const first = await org().rest('PATCH', '/sobjects/Lead/Email/a@b.co', fields);
    const again = await org().rest('PATCH', '/sobjects/Lead/Email/a@b.co', fields);
    expect([first.status, again.status]).toEqual([201, 200]);
  });

  it.each([
    [{ NumberOfEmployees: 'many' }, 'JSON_PARSER_ERROR'],
    [{ Name: { first: 'x' } }, 'JSON_PARSER_ERROR'],
    [{ AnnualRevenue: true }, 'JSON_PARSER_ERROR'],
    [{ BillingGeocodeAccuracy: 'Moon' }, 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST'],
    [{ CreatedDate: '2026-01-01T00:00:00Z' }, 'INVALID_FIELD_FOR_INSERT_UPDATE'],
  ])('refuses a value of another type: %j', async (fields, errorCode) => {
    expect(errorOf(await post('Account', { Name: 'x', ...fields })).errorCode).toBe(errorCode);
  });
});

describe('a new org', () => {
  it('has an organization, the integration user, an administrator, their profile, a queue and record types, also after a reset', async () => {
    await org().control('POST', 'reset');
    for (const [sObject, ...expected] of [
      ['Organization', { OrganizationType: 'Developer Edition' }],
      ['User', { IsActive: true, Name: 'Integration' }, { IsActive: true, Name: 'Administrator' }],
      ['Profile', { Name: 'Integration' }],
      ['Group', { Name: 'Support', Type: 'Queue' }],
    ] as const)
      expect((await org().control('GET', `records/${sObject}`)).body).toMatchObject(expected);
  });

  it('gives ids that its own records do not have', async () => {
    const [user] = Object((await org().control('GET', 'records/User')).body);
    const { LastName, Username: _name, Id: _id, ...rest } = user;
    expect(LastName).toBe('Integration');
    const { Email, Alias, ProfileId, TimeZoneSidKey, LocaleSidKey } = rest;
    const { LanguageLocaleKey, EmailEncodingKey } = rest;
    const fields = { Email, Alias, ProfileId, TimeZoneSidKey, LocaleSidKey };
    const other = { LanguageLocaleKey, EmailEncodingKey, LastName, Username: 'o@example.com' };
    const answer = await post('User', { ...fields, ...other });
    expect(answer.status).toBe(201);
    expect(Object(answer.body).id).not.toBe(user.Id);
  });
});

describe('what a record gets by itself', () => {
  const readBack = async (sObject: string, fields: object) => {
    const { id } = Object((await post(sObject, fields)).body);
    return (await org().rest('GET', `/sobjects/${sObject}/${id}`)).body;
  };

  it.each([
    ['Contact', { FirstName: 'A', LastName: 'B' }, { Name: 'A B', IsDeleted: false }],
    ['Account', { Name: 'x', BillingCity: 'Bern' }, { BillingAddress: { city: 'Bern' } }],
    ['Case', { Subject: 'x' }, { Status: 'New', Priority: 'Medium', IsClosed: false }],
    ['Case', { Subject: 'x', Status: 'Closed' }, { IsClosed: true }],
    [
      'Opportunity',
      { Name: 'x', StageName: 'Closed Won', CloseDate: '2026-01-31' },
      { IsWon: true, Probability: 100, ForecastCategory: 'Closed' },
    ],
    ['Task', { Subject: 'x' }, { Status: 'Not Started', Priority: 'Normal', IsClosed: false }],
  ])('%s %j', async (sObject, fields, expected) => {
    expect(await readBack(sObject, fields)).toMatchObject(expected);
  });
});
