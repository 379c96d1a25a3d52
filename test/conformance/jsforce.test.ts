import { Connection } from 'jsforce/lib/connection.js';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useTestOrg } from '../local/salesforce/harness.ts';
import { errorOf } from '../local/salesforce/jsforce.ts';
import { CLIENT_OBJECTS } from './objects.ts';

const org = useTestOrg({ schema: CLIENT_OBJECTS });
let connection: Connection;

beforeAll(() => {
  connection = new Connection({
    instanceUrl: org().url,
    accessToken: org().token,
    version: '68.0',
  });
});
beforeEach(async () => {
  await org().control('POST', 'reset');
});

const accounts = (count: number): { Name: string }[] =>
  Array.from({ length: count }, (_, index) => ({ Name: `Account ${index}` }));

describe('jsforce: records', () => {
  it('creates, reads, updates and deletes one', async () => {
    const { id = '' } = await connection.sobject('Account').create({ Name: 'One' });
    await connection.sobject('Account').update({ Id: id, Name: 'Two', BillingCity: 'Berlin' });
    expect(await connection.sobject('Account').retrieve(id)).toMatchObject({
      Id: id,
      Name: 'Two',
      BillingCity: 'Berlin',
      IsDeleted: false,
      attributes: { type: 'Account', url: `/services/data/v68.0/sobjects/Account/${id}` },
    });
    await connection.sobject('Account').destroy(id);
    const error = await errorOf(connection.sobject('Account').retrieve(id));
    expect(error.errorCode).toBe('ENTITY_IS_DELETED');
  });

  it('upserts one by an external id', async () => {
    const table = connection.sobject('Client__c');
    const create = await table.upsert({ Ext__c: 'k', Name: 'One' }, 'Ext__c');
    const update = await table.upsert({ Ext__c: 'k', Name: 'Two' }, 'Ext__c');
    expect(create).toMatchObject({ success: true, created: true });
    expect(update).toMatchObject({ success: true, created: false, id: create.id });
    expect(await table.find({ Ext__c: 'k' }, 'Name')).toMatchObject([{ Name: 'Two' }]);
  });

  it.each([
    ['a required field', { Name: '' }, 'REQUIRED_FIELD_MISSING'],
    ['an unknown field', { Name: 'x', Nope__c: 'y' }, 'INVALID_FIELD'],
    [
      'an id of another object',
      { Name: 'x', OwnerId: '0015g0000000001AAA' },
      'FIELD_INTEGRITY_EXCEPTION',
    ],
    ['a text that is too long', { Name: 'x'.repeat(256) }, 'STRING_TOO_LONG'],
  ])('raises the error of %s', async (_what, fields, errorCode) => {
    const error = await errorOf(connection.sobject('Account').create(fields));
    expect(error.errorCode).toBe(errorCode);
  });

  it('lists updated and deleted ones', async () => {
    const [kept, gone] = await connection.sobject('Account').create(accounts(2));
    await connection.sobject('Account').destroy(gone?.id ?? '');
    const [start, end] = [new Date(Date.now() - 60_000), new Date(Date.now() + 60_000)];
    const updated = await connection.sobject('Account').updated(start, end);
    const deleted = await connection.sobject('Account').deleted(start, end);
    expect(updated.ids).toEqual([kept?.id]);
    expect(deleted.deletedRecords).toMatchObject([{ id: gone?.id }]);
  });
});

describe('jsforce: collections', () => {
  it('creates, reads, updates, upserts and deletes several', async () => {
    const created = await connection.sobject('Account').create(accounts(3));
    const ids = created.map(({ id = '' }) => id);
    expect(await connection.sobject('Account').retrieve(ids)).toMatchObject(accounts(3));
    const updated = await connection
      .sobject('Account')
      .update(ids.map((Id, index) => ({ Id, Name: `New ${index}` })));
    expect(updated.map(({ success }) => success)).toEqual([true, true, true]);
    const upserted = await connection.sobject('Client__c').upsert(
      [
        { Ext__c: 'a', Name: 'A' },
        { Ext__c: 'b', Name: 'B' },
      ],
      'Ext__c',
    );
    expect(upserted).toMatchObject([{ created: true }, { created: true }]);
    expect(await connection.sobject('Account').destroy(ids)).toMatchObject(
      ids.map((id) => ({ id, success: true })),
    );
  });

  it('creates more than 200 in several calls', async () => {
    const results = await connection
      .sobject('Account')
      .create(accounts(450), { allowRecursive: true });
    expect(results.filter(({ success }) => success)).toHaveLength(450);
    expect(await connection.sobject('Account').count()).toBe(450);
  });

  it('reports failed records in their places', async () => {
    const results = await connection.sobject('Account').create([{ Name: 'a' }, {}, { Name: 'c' }]);
    expect(results.map(({ success }) => success)).toEqual([true, false, true]);
    expect(results[1]?.errors).toMatchObject([{ statusCode: 'REQUIRED_FIELD_MISSING' }]);
  });

  it('creates all or none', async () => {
    const results = await connection
      .sobject('Account')
      .create([{ Name: 'a' }, {}], { allOrNone: true });
    expect(results.map(({ success }) => success)).toEqual([false, false]);
    expect(await connection.sobject('Account').count()).toBe(0);
  });
});

describe('jsforce: queries', () => {
  beforeEach(async () => {
    const [parent] = await connection
      .sobject('Account')
      .create([{ Name: 'Acme' }, { Name: "O'Hara" }]);
    await connection.sobject('Contact').create([
      { LastName: 'Ann', AccountId: parent?.id },
      { LastName: 'Bob', Email: 'bob@example.com' },
    ]);
  });

  it.each([
    [{ Name: "o'hara" }, ["O'Hara"]],
    [{ Name: { $like: 'A%' } }, ['Acme']],
    [{ Name: { $in: ['Acme', "O'Hara"] } }, ['Acme', "O'Hara"]],
    [{ $or: [{ Name: 'Acme' }, { Name: { $gt: 'N' } }] }, ['Acme', "O'Hara"]],
    [{ $not: { Name: 'Acme' } }, ["O'Hara"]],
    [{ Name: { $ne: null } }, ['Acme', "O'Hara"]],
    [{ Name: 'nobody' }, []],
  ])('finds %j', async (condition, names) => {
    const found = await connection.sobject('Account').find(condition, 'Name').sort('Name');
    expect(found.map(({ Name }) => Name)).toEqual(names);
  });

  it('includes parents and children', async () => {
    const found = await connection
      .sobject('Account')
      .find({ Name: 'Acme' }, 'Name, Owner.Name')
      .include('Contacts')
      .select('LastName')
      .end()
      .execute();
    expect(found).toMatchObject([
      {
        Owner: { Name: expect.any(String) },
        Contacts: { totalSize: 1, records: [{ LastName: 'Ann' }] },
      },
    ]);
    const contacts = await connection.query(
      "SELECT LastName FROM Contact WHERE Account.Name = 'acme'",
    );
    expect(contacts.records).toMatchObject([{ LastName: 'Ann' }]);
  });

  it('selects all fields by describe', async () => {
    const [contact] = await connection.sobject('Contact').select('*').where({ LastName: 'Bob' });
    expect(contact).toMatchObject({ LastName: 'Bob', Email: 'bob@example.com', AccountId: null });
  });

  it('counts, and finds deleted records', async () => {
    expect(await connection.sobject('Contact').count({ Email: null })).toBe(1);
    await connection.sobject('Contact').find({ LastName: 'Bob' }).destroy();
    const soql = 'SELECT LastName FROM Contact WHERE IsDeleted = true';
    expect(await connection.query(soql).run({ scanAll: true })).toMatchObject({ totalSize: 1 });
    expect(await connection.query(soql)).toMatchObject({ totalSize: 0 });
  });

  it('follows the pages of a large result', async () => {
    await connection.sobject('Client__c').create(
      Array.from({ length: 2200 }, (_, index) => ({ Ext__c: `k${index}` })),
      { allowRecursive: true },
    );
    const first = await connection.query('SELECT Ext__c FROM Client__c');
    expect(first).toMatchObject({ totalSize: 2200, done: false });
    expect(first.records).toHaveLength(2000);
    const last = await connection.queryMore(first.nextRecordsUrl ?? '');
    expect(last.done).toBe(true);
    expect(last.records).toHaveLength(200);
    const all = await connection.query('SELECT Ext__c FROM Client__c', {
      autoFetch: true,
      maxFetch: 5000,
    });
    expect(all.records).toHaveLength(2200);
  });

  it.each([
    ['SELECT Nope FROM Account', 'INVALID_FIELD'],
    ['SELECT Id FROM Nope', 'INVALID_TYPE'],
    ['SELECT Id FRO Account', 'MALFORMED_QUERY'],
  ])('raises the error of %s', async (soql, errorCode) => {
    const error = await errorOf(Promise.resolve(connection.query(soql)));
    expect(error.errorCode).toBe(errorCode);
  });
});

describe('jsforce: composite, describe and limits', () => {
  it('posts a composite whose parts refer to each other', async () => {
    const url = '/services/data/v68.0/sobjects';
    const answer = await connection.requestPost('/services/data/v68.0/composite', {
      allOrNone: true,
      compositeRequest: [
        { method: 'POST', url: `${url}/Account`, referenceId: 'account', body: { Name: 'Acme' } },
        {
          method: 'POST',
          url: `${url}/Contact`,
          referenceId: 'contact',
          body: { LastName: 'Ann', AccountId: '@{account.id}' },
        },
      ],
    });
    expect(answer).toMatchObject({
      compositeResponse: [{ httpStatusCode: 201 }, { httpStatusCode: 201 }],
    });
    expect(await connection.sobject('Contact').find({ 'Account.Name': 'Acme' })).toHaveLength(1);
  });

  it('describes the org and its objects', async () => {
    const { sobjects } = await connection.describeGlobal();
    expect(sobjects.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Account', 'Client__c']),
    );
    const { fields, keyPrefix } = await connection.sobject('Account').describe();
    expect(keyPrefix).toBe('001');
    expect(fields.find(({ name }) => name === 'Name')).toMatchObject({
      type: 'string',
      length: 255,
      nillable: false,
    });
  });

  it('reads limits and identity', async () => {
    const { DailyApiRequests } = await connection.limits();
    expect(DailyApiRequests?.Max).toBe(100_000);
    expect(connection.limitInfo.apiUsage).toMatchObject({ limit: 100_000 });
    expect(await connection.identity()).toMatchObject({ user_type: 'STANDARD' });
  });
});
