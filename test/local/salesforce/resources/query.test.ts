import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useTestOrg } from '../harness.ts';

const org = useTestOrg();
const records = (soql: string) =>
  org()
    .query(soql)
    .then(({ body }) => Object(body));

async function createAccounts(count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => `Account ${index}`);
  for (const Name of names) await org().rest('POST', '/sobjects/Account', { Name });
}

describe('the query resource', () => {
  beforeEach(async () => {
    await org().control('POST', 'reset');
  });

  it('returns records with their type, URL, and the selected fields (documented: REST, Query)', async () => {
    await org().rest('POST', '/sobjects/Account', { Name: 'Acme' });
    const { status, body } = await org().query('SELECT Id, name FROM account');
    const [{ Id }] = Object(body).records;
    expect(status).toBe(200);
    expect(body).toEqual({
      totalSize: 1,
      done: true,
      records: [
        {
          attributes: { type: 'Account', url: `/services/data/v68.0/sobjects/Account/${Id}` },
          Id,
          Name: 'Acme',
        },
      ],
    });
  });

  it.each([
    ['/query/?q=', 'a trailing slash (documented: the examples of REST, Query)'],
    ['/query?q=', 'no trailing slash'],
  ])('answers %s: %s', async (path) => {
    const { status } = await org().rest('GET', `${path}SELECT+Id+FROM+Account`);
    expect(status).toBe(200);
  });

  it('leaves deleted records to queryAll (documented: REST, QueryAll)', async () => {
    const { body } = await org().rest('POST', '/sobjects/Account', { Name: 'Gone' });
    await org().rest('DELETE', `/sobjects/Account/${Object(body).id}`);
    const soql = encodeURIComponent('SELECT Name, IsDeleted FROM Account');
    expect(await records('SELECT Name FROM Account')).toMatchObject({ totalSize: 0 });
    const all = await org().rest('GET', `/queryAll?q=${soql}`);
    expect(all.body).toMatchObject({ totalSize: 1, records: [{ Name: 'Gone', IsDeleted: true }] });
  });

  it.each([
    ['GET', '/query', 400, 'MALFORMED_QUERY', 'a missing statement (reported)'],
    [
      'GET',
      '/query/01g5g0000000009AAA-2000',
      400,
      'INVALID_QUERY_LOCATOR',
      'an unknown locator (documented: SOAP, Core Data Types)',
    ],
    ['GET', '/query/nonsense', 400, 'INVALID_QUERY_LOCATOR', 'a locator of another form (guess)'],
    ['POST', '/query', 405, 'METHOD_NOT_ALLOWED', 'a POST (documented: REST, Query has GET only)'],
    ['GET', '/query?explain=SELECT+Id+FROM+Account', 400, 'NOT_SIMULATED', 'a query plan (ours)'],
  ])('answers %s %s with %i %s for: %s', async (method, path, status, errorCode) => {
    const answer = await org().rest(method, path, method === 'POST' ? { q: 'x' } : undefined);
    expect(answer).toMatchObject({ status, body: [{ errorCode }] });
  });
});

describe('pages of a result', () => {
  const page = (body: unknown) => {
    const {
      totalSize,
      done,
      nextRecordsUrl,
      records: { length },
    } = Object(body);
    return { totalSize, done, nextRecordsUrl, length };
  };
  const get = (path: string, headers: Record<string, string> = {}) =>
    org().rest('GET', path, undefined, headers);

  beforeAll(async () => {
    await org().control('POST', 'reset');
    await createAccounts(450);
  });

  it('are followed by nextRecordsUrl until done (documented: REST, Query; row 50)', async () => {
    const headers = { 'sforce-query-options': 'batchSize=200' };
    const first = await get('/query?q=SELECT+Name+FROM+Account', headers);
    const next = Object(first.body).nextRecordsUrl;
    expect(next).toMatch(/^\/services\/data\/v68\.0\/query\/01g\w{15}-200$/);
    expect(page(first.body)).toMatchObject({ totalSize: 450, done: false, length: 200 });
    const second = await get(next);
    expect(page(second.body)).toMatchObject({ totalSize: 450, done: false, length: 200 });
    const third = await get(Object(second.body).nextRecordsUrl);
    expect(page(third.body)).toEqual({
      totalSize: 450,
      done: true,
      length: 50,
      nextRecordsUrl: undefined,
    });
    const { records: last } = Object(third.body);
    expect(last.at(-1).Name).toBe('Account 449');
  });

  it.each([
    ['batchSize=1', 200],
    ['batchSize=250', 250],
    ['batchSize=9999', 450],
    ['', 450],
  ])(
    'have at least 200 and at most 2,000 records: %s (documented: REST, Query Options Header)',
    async (option, length) => {
      const { body } = await get('/query?q=SELECT+Id+FROM+Account', {
        'sforce-query-options': option,
      });
      expect(page(body).length).toBe(length);
    },
  );

  it('are gone with the org', async () => {
    const first = await get('/query?q=SELECT+Id+FROM+Account', {
      'sforce-query-options': 'batchSize=200',
    });
    await org().control('POST', 'reset');
    const { status, body } = await get(Object(first.body).nextRecordsUrl);
    expect(status).toBe(400);
    expect(body).toMatchObject([{ errorCode: 'INVALID_QUERY_LOCATOR' }]);
  });
});
