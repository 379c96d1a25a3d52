import { request as httpRequest } from 'node:http';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { created, error, stored, useWidgetOrg } from './harness.ts';

const org = useWidgetOrg();
beforeEach(() => org().control('POST', 'reset'));

const urlOf = (key: string, field = 'Ext__c') =>
  `/sobjects/Widget__c/${field}/${encodeURIComponent(key)}`;
const upsert = (key: string, fields: object = {}, field = 'Ext__c') =>
  org().rest('PATCH', urlOf(key, field), fields);

/** The status of a request whose path is sent as it is, without a client that resolves dot segments. */
const rawStatus = (method: string, path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${org().token}`, 'content-type': 'application/json' };
    const sent = httpRequest(`${org().url}/x`, { method, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject);
    sent.end('{}');
  });

describe('an upsert (documented: Upsert Records Using sObject Rows by External ID)', () => {
  it('row 28: creates with 201, then updates with 200', async () => {
    const first = await upsert('k', { Text__c: 'a' });
    const { id } = Object(first.body);
    expect([first.status, first.body]).toEqual([
      201,
      { id, success: true, errors: [], created: true },
    ]);
    expect(first.headers.get('location')).toBe(`/services/data/v68.0/sobjects/Widget__c/${id}`);
    const second = await upsert('k', { Text__c: 'b' });
    expect([second.status, second.body]).toEqual([
      200,
      { id, success: true, errors: [], created: false },
    ]);
    expect(await stored(org())).toMatchObject([{ Ext__c: 'k', Text__c: 'b' }]);
  });

  it('first sheet: up to v45, an update has no body', async () => {
    await upsert('k');
    expect((await org().rest('PATCH', `/services/data/v45.0${urlOf('k')}`, {})).status).toBe(204);
  });

  it('row 28: of a key that two records have is 300 with their URLs, and changes nothing', async () => {
    const ids = [
      await created(org(), 'Widget__c', { Loose__c: 'k' }),
      await created(org(), 'Widget__c', { Loose__c: 'k' }),
    ];
    const urls = ids.map((id) => `/services/data/v68.0/sobjects/Widget__c/${id}`);
    for (const method of ['PATCH', 'GET', 'DELETE']) {
      const answer = await org().rest(
        method,
        urlOf('k', 'Loose__c'),
        method === 'PATCH' ? { Text__c: 'x' } : undefined,
      );
      expect([answer.status, answer.body]).toEqual([300, urls]);
    }
    expect(await stored(org())).toMatchObject([{ Text__c: null }, { Text__c: null }]);
  });

  it('row 28: with updateOnly creates nothing', async () => {
    const answer = await org().rest('PATCH', `${urlOf('k')}?updateOnly=true`, {});
    expect([answer.status, answer.body]).toEqual([
      404,
      error('NOT_FOUND', 'The requested resource does not exist'),
    ]);
    expect(await stored(org())).toEqual([]);
    await upsert('k');
    expect((await org().rest('PATCH', `${urlOf('k')}?updateOnly=true`, {})).status).toBe(200);
  });

  it.each(['Text__c', 'Nothing__c'])(
    'row 30, reported (go-sfdc 50): needs a key field, not %s',
    async (field) => {
      const answer = await upsert('k', {}, field);
      const text = `Provided external ID field does not exist or is not accessible: ${field}`;
      expect([answer.status, answer.body]).toEqual([404, error('NOT_FOUND', text)]);
    },
  );

  it.each(['Ext__c', 'EXT__C', 'Id', 'id'])(
    'row 36, documented: refuses %s in the body',
    async (name) => {
      const answer = await upsert('k', { [name]: 'k' });
      expect([answer.status, answer.body]).toMatchObject([
        400,
        error(
          'INVALID_FIELD',
          expect.stringContaining('should not be specified in the sobject data'),
        ),
      ]);
      expect(await stored(org())).toEqual([]);
    },
  );

  it('row 31, documented (Object Reference): takes idLookup fields', async () => {
    const lead = { LastName: 'L', Company: 'C' };
    const url = '/sobjects/Lead/Email/a%40b.co';
    expect((await org().rest('PATCH', url, lead)).status).toBe(201);
    expect((await org().rest('PATCH', url, lead)).status).toBe(200);
    expect((await org().rest('GET', url)).body).toMatchObject({ LastName: 'L', Email: 'a@b.co' });
  });
});

describe('a key', () => {
  it.each(['a@b.inc', 'A.INC', '.inc'])(
    'row 32, documented: that ends in .inc, as %s, is 404',
    async (key) => {
      await org().rest('PATCH', '/composite/sobjects/Widget__c/Ext__c', {
        records: [{ attributes: { type: 'Widget__c' }, Ext__c: key }],
      });
      for (const method of ['GET', 'PATCH', 'DELETE'])
        expect(
          (await org().rest(method, urlOf(key), method === 'PATCH' ? {} : undefined)).status,
        ).toBe(404);
      expect(await stored(org())).toMatchObject([{ Ext__c: key, Text__c: null }]);
    },
  );

  it('row 33, documented: is trimmed', async () => {
    expect((await upsert(' abc ')).status).toBe(201);
    expect((await upsert('abc')).status).toBe(200);
    expect(await stored(org())).toMatchObject([{ Ext__c: 'abc' }]);
  });

  it('row 34, documented: of a unique field is case-insensitive, unless the field is case-sensitive', async () => {
    expect([(await upsert('ABC')).status, (await upsert('abc')).status]).toEqual([201, 200]);
    expect([
      (await upsert('ABC', {}, 'Exact__c')).status,
      (await upsert('abc', {}, 'Exact__c')).status,
    ]).toEqual([201, 201]);
  });

  it('documented: of a field that is not unique is case-sensitive in an upsert', async () => {
    expect([
      (await upsert('ABC', {}, 'Loose__c')).status,
      (await upsert('abc', {}, 'Loose__c')).status,
    ]).toEqual([201, 201]);
  });

  it('reported (go-salesforce 133): can be a number', async () => {
    expect([
      (await upsert('12', {}, 'Number__c')).status,
      (await upsert('12', {}, 'Number__c')).status,
    ]).toEqual([201, 200]);
    expect(await stored(org())).toMatchObject([{ Number__c: 12 }]);
  });

  it('guess: that is blank is refused as in a collection', async () => {
    const answer = await upsert(' ');
    expect([answer.status, answer.body]).toEqual([
      400,
      error('MISSING_ARGUMENT', 'Ext__c not specified', []),
    ]);
  });

  it('documented: that is too long fails', async () => {
    const answer = await upsert('x'.repeat(256));
    expect([answer.status, answer.body]).toMatchObject([
      400,
      error('STRING_TOO_LONG', expect.any(String)),
    ]);
  });

  it('of any text names its record', async () => {
    const keys = fc
      .string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
      .map((key) => key.trim())
      .filter((key) => key !== '' && !['.', '..'].includes(key) && !/\.inc$/i.test(key));
    await fc.assert(
      fc.asyncProperty(keys, async (key) => {
        await org().control('POST', 'reset');
        expect([(await upsert(key)).status, (await upsert(key)).status]).toEqual([201, 200]);
        expect(await stored(org())).toMatchObject([{ Ext__c: key }]);
        expect((await org().rest('DELETE', urlOf(key))).status).toBe(204);
      }),
      { numRuns: 50 },
    );
  });

  it.each(['..', '%2e%2E'])(
    'guess: that is the dot segment %s is resolved by the server',
    async (key) => {
      const path = `/services/data/v68.0/sobjects/Widget__c/Ext__c/${key}`;
      expect(await rawStatus('PATCH', path)).toBe(405);
      expect(await rawStatus('POST', path)).toBe(201);
      expect(await stored(org())).toMatchObject([{ Ext__c: null }]);
    },
  );

  it('guess: can hold dot segments between encoded slashes', async () => {
    expect((await upsert('reports/./2026.pdf')).status).toBe(201);
    expect(await stored(org())).toMatchObject([{ Ext__c: 'reports/./2026.pdf' }]);
    expect(await rawStatus('PATCH', '/services/data/v68.0/sobjects/Widget__c/Ext__c/a%ZZ')).toBe(
      400,
    );
  });
});

describe('a record by its key', () => {
  it('documented: is read and deleted', async () => {
    await upsert('k', { Text__c: 'x' });
    expect((await org().rest('GET', `${urlOf('K')}?fields=Text__c`)).body).toMatchObject({
      Text__c: 'x',
    });
    expect((await org().rest('DELETE', urlOf('k'))).status).toBe(204);
    expect((await org().rest('GET', urlOf('k'))).status).toBe(404);
    expect((await org().rest('DELETE', urlOf('k'))).status).toBe(404);
  });

  it('guess: in the recycle bin does not hinder an upsert, which creates another', async () => {
    await upsert('k');
    await org().rest('DELETE', urlOf('k'));
    expect((await upsert('k')).status).toBe(201);
  });
});
