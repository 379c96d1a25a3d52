import { beforeEach, describe, expect, it } from 'vitest';
import { useTestOrg } from './harness.ts';

const org = useTestOrg();
beforeEach(() => org().control('POST', 'reset'));

const mood = (name: string) => org().control('PATCH', 'settings', { mood: name });
const create = () => org().rest('POST', '/sobjects/Account', { Name: 'a' });
const read = () => org().rest('GET', '/limits');

describe('a host that is not up', () => {
  it.each([
    [
      'moved',
      'jsforce PR 1772, forcedotcom/cli 3598',
      420,
      'contact support or visit our status page',
    ],
    ['maintenance', 'Force.com-Toolkit-for-NET 160', 503, 'We are down for maintenance.'],
  ])(
    'row 58, reported: %s (%s) answers every request with %i and a page',
    async (name, _source, status, words) => {
      await mood(name);
      const login = { method: 'POST', body: new URLSearchParams({ grant_type: 'password' }) };
      for (const [path, init] of [
        ['/services/data/v68.0/limits', {}],
        ['/services/data/', {}],
        ['/services/oauth2/token', login],
        ['/nothing', {}],
      ] as const) {
        const answer = await fetch(org().url + path, init);
        expect([path, answer.status]).toEqual([path, status]);
        expect(answer.headers.get('content-type')).toBe('text/html');
        expect(await answer.text()).toContain(words);
      }
      await mood('normal');
      expect((await create()).status).toBe(201);
    },
  );
});

describe('a REST API that is not on', () => {
  it.each([
    [
      'row 57, reported (restforce 219)',
      'api-disabled',
      403,
      'API_DISABLED_FOR_ORG',
      'The REST API is not enabled for this Organization.',
    ],
    ['row 58, reported (restforce 156)', 'busy', 503, 'SERVER_UNAVAILABLE', 'Server too busy'],
  ])('%s: %s is %i %s', async (_rule, name, status, errorCode, message) => {
    await mood(name);
    expect(await create()).toMatchObject({ status, body: [{ errorCode, message }] });
    expect(await read()).toMatchObject({ status, body: [{ errorCode, message }] });
    await mood('normal');
    expect((await org().control('GET', 'records/Account')).body).toEqual([]);
  });

  it('refuses a dead session first', async () => {
    await mood('busy');
    const answer = await org().rest('GET', '/limits', undefined, { authorization: 'Bearer x' });
    expect(answer.status).toBe(401);
  });
});

describe('writes that are refused', () => {
  it('row 59, documented (SOAP: Core Data Types): in a release upgrade every write is, and reads go on', async () => {
    const id = Object((await create()).body).id;
    const row = `/sobjects/Account/${id}`;
    await mood('release-upgrade');
    const refused = [{ errorCode: 'INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE' }];
    expect((await create()).body).toMatchObject(refused);
    expect((await org().rest('PATCH', row, { Name: 'b' })).body).toMatchObject(refused);
    expect((await org().rest('DELETE', row)).body).toMatchObject(refused);
    expect(await org().rest('GET', row)).toMatchObject({ status: 200, body: { Name: 'a' } });
  });

  it('documented (SOAP: Core Data Types): with full storage every create is, and updates and deletions go on', async () => {
    const id = Object((await create()).body).id;
    await mood('storage-full');
    expect((await create()).body).toMatchObject([{ errorCode: 'STORAGE_LIMIT_EXCEEDED' }]);
    expect((await org().rest('PATCH', `/sobjects/Account/${id}`, { Name: 'b' })).status).toBe(204);
    expect((await org().rest('DELETE', `/sobjects/Account/${id}`)).status).toBe(204);
  });
});
