import fc from 'fast-check';
import type { Connection } from 'jsforce/lib/connection.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checksum } from '../../../local/salesforce/org/ids.ts';
import { type Simulator, startSimulator } from '../../../local/salesforce/server.ts';
import { makeOrgCredentials } from '../../../local/stack/simulator.ts';
import { connectJsforce, errorOf } from './jsforce.ts';

const org = makeOrgCredentials();
let simulator: Simulator;
let connection: Connection;

beforeAll(async () => {
  simulator = await startSimulator({ org, dailyApiRequests: 500 });
  connection = await connectJsforce(simulator.url, org);
});
beforeEach(() => control('POST', 'reset'));
afterAll(() => simulator.close());

async function control(method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${simulator.url}/__sim/${path}`, {
    method,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return response.json();
}

describe('stock jsforce', () => {
  it('creates, reads, updates, upserts, queries and deletes a record', async () => {
    const contacts = connection.sobject('Contact');
    const created = await contacts.create({ LastName: 'One' });
    expect(created).toMatchObject({ success: true });
    const id = created.id ?? '';
    expect(checksum(id.slice(0, 15))).toBe(id.slice(15));
    await contacts.update({ Id: id, LastName: 'Two' });
    expect(await contacts.retrieve(id)).toMatchObject({
      Id: id,
      LastName: 'Two',
      attributes: { type: 'Contact' },
    });
    expect(await contacts.upsert({ LastName: 'Three', Ext__c: 'key' }, 'Ext__c')).toMatchObject({
      created: true,
    });
    expect(await contacts.upsert({ LastName: 'Four', Ext__c: 'KEY' }, 'Ext__c')).toMatchObject({
      created: false,
    });
    const found = await connection.query(
      "SELECT LastName FROM Contact WHERE LastName IN ('two', 'Four') ORDER BY LastName DESC",
    );
    expect(found.records.map(({ LastName }) => LastName)).toEqual(['Two', 'Four']);
    await contacts.destroy(id);
    expect(await errorOf(contacts.retrieve(id))).toMatchObject({ errorCode: 'ENTITY_IS_DELETED' });
  });

  it('receives one result per record of a collection, in order', async () => {
    const results = await connection
      .sobject('Contact')
      .create([{ LastName: 'a' }, { FirstName: 'only' }, { LastName: 'c' }]);
    expect(results.map(({ success }) => success)).toEqual([true, false, true]);
    expect(results[1]).toMatchObject({
      errors: [{ statusCode: 'REQUIRED_FIELD_MISSING', fields: ['LastName'] }],
    });
  });

  it('runs a composite with references as one API call', async () => {
    const compositeRequest = [
      {
        method: 'POST',
        url: '/services/data/v68.0/sobjects/Account',
        referenceId: 'a',
        body: { Name: 'n' },
      },
      { method: 'GET', url: '/services/data/v68.0/sobjects/Account/@{a.id}', referenceId: 'b' },
      { method: 'GET', url: '/services/data/v68.0/sobjects/Account/nonsense', referenceId: 'c' },
    ];
    const answer = await connection.requestPost<{
      compositeResponse: { httpStatusCode: number }[];
    }>('/composite', { compositeRequest });
    expect(answer.compositeResponse.map(({ httpStatusCode }) => httpStatusCode)).toEqual([
      201, 200, 400,
    ]);
    expect(await control('GET', 'calls')).toMatchObject({ total: 1 });
    expect(connection.limitInfo).toMatchObject({ apiUsage: { used: 1, limit: 500 } });
  });

  it('publishes a platform event, whose successful response has an entry in errors', async () => {
    const published = await connection.sobject('Order__e').create({ Number__c: '1' });
    expect(published).toMatchObject({
      success: true,
      errors: [{ statusCode: 'OPERATION_ENQUEUED' }],
    });
    expect(await control('GET', 'records/Order__e')).toHaveLength(1);
  });

  it.each([
    [
      () => connection.sobject('Contact').create({}),
      'REQUIRED_FIELD_MISSING',
      'Required fields are missing: [LastName]',
    ],
    [
      () => connection.sobject('Contact').create({ LastName: 'x'.repeat(81) }),
      'STRING_TOO_LONG',
      'data value too large',
    ],
    [
      () => connection.sobject('Contact').retrieve('nonsense'),
      'MALFORMED_ID',
      'id value of incorrect type',
    ],
    [() => connection.query('SELECT FROM'), 'MALFORMED_QUERY', ''],
    [
      () => connection.query('SELECT Id FROM Contact WHERE NOT Name = 1'),
      'INVALID_FIELD',
      'must be of type string',
    ],
    [
      () => connection.request('/services/data/v68.0/nothing'),
      'NOT_FOUND',
      'The requested resource does not exist',
    ],
    [() => connection.request('/services/data/v20.0/limits'), 'UNSUPPORTED_API_VERSION', 'v20.0'],
  ])('receives the error of Salesforce: %s', async (call, errorCode, message) => {
    const error = await errorOf(Promise.resolve(call()));
    expect(error.errorCode).toBe(errorCode);
    expect(error.message).toContain(message);
  });
});

describe('external ids', () => {
  const upsert = (key: string, body: object, query = '', field = 'Ext__c') =>
    fetch(
      `${simulator.url}/services/data/v68.0/sobjects/Contact/${field}/${encodeURIComponent(key)}${query}`,
      {
        method: 'PATCH',
        headers: {
          authorization: `Bearer ${connection.accessToken}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify(body),
      },
    );

  it('identify the created record, whatever their text', async () => {
    const keys = fc
      .string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
      .map((key) => key.trim())
      .filter((key) => !['', '.', '..'].includes(key) && !/\.inc$/i.test(key));
    await fc.assert(
      fc.asyncProperty(keys, async (key) => {
        await control('POST', 'reset');
        expect((await upsert(key, { LastName: 'x' })).status).toBe(201);
        expect((await upsert(key, { LastName: 'y' })).status).toBe(200);
        expect(await control('GET', 'records/Contact')).toMatchObject([
          { Ext__c: key, LastName: 'y' },
        ]);
      }),
      { numRuns: 50 },
    );
  });

  it('are not accepted in the body, and can be restricted to updates', async () => {
    expect((await upsert('k', { LastName: 'x', Ext__c: 'k' })).status).toBe(400);
    expect((await upsert('k', { LastName: 'x' }, '?updateOnly=true')).status).toBe(404);
  });

  it('of several records result in 300 with their URLs', async () => {
    await connection.sobject('Contact').create([
      { LastName: 'a', Legacy_Id__c: 'same' },
      { LastName: 'b', Legacy_Id__c: 'same' },
    ]);
    const response = await upsert('same', { LastName: 'c' }, '', 'Legacy_Id__c');
    expect(response.status).toBe(300);
    expect(await response.json()).toHaveLength(2);
  });
});

describe('faults', () => {
  it('occur before or after the commit', async () => {
    await control('POST', 'faults', {
      match: { path: 'Contact' },
      status: 503,
      times: 1,
      after: 'before',
    });
    await control('POST', 'faults', {
      match: { path: 'Contact' },
      status: 500,
      errorCode: 'UNKNOWN_EXCEPTION',
      times: 1,
      after: 'commit',
    });
    const create = (LastName: string) =>
      errorOf(connection.sobject('Contact').create({ LastName }));
    expect(await create('before')).toMatchObject({ errorCode: 'SERVER_UNAVAILABLE' });
    expect(await create('after')).toMatchObject({ errorCode: 'UNKNOWN_EXCEPTION' });
    expect(await control('GET', 'records/Contact')).toMatchObject([{ LastName: 'after' }]);
  });

  it('are rejected with an explanation if invalid', async () => {
    expect(await control('POST', 'faults', { when: 'never' })).toMatchObject({
      message: expect.stringContaining('when'),
    });
  });
});

describe('limits', () => {
  it('result in REQUEST_LIMIT_EXCEEDED', async () => {
    const small = await startSimulator({ org, dailyApiRequests: 1 });
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: org.clientId,
      client_secret: org.clientSecret,
    });
    const token = await fetch(`${small.url}/services/oauth2/token`, { method: 'POST', body: form });
    const { access_token } = Object(await token.json());
    const limits = () =>
      fetch(`${small.url}/services/data/v68.0/limits`, {
        headers: { authorization: `Bearer ${access_token}` },
      });
    expect((await limits()).headers.get('sforce-limit-info')).toBe('api-usage=1/1');
    const refused = await limits();
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject([
      { errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' },
    ]);
    await small.close();
  });
});

describe('ids', () => {
  it.each([
    ['001A0000006Vm9u', 'IAC'],
    ['0014x000005VB1f', 'AAG'],
  ])('%s has the checksum %s in its 18-character form', (id, suffix) =>
    expect(checksum(id)).toBe(suffix),
  );
});
