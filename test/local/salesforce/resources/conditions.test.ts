import { beforeEach, describe, expect, it } from 'vitest';
import { created, error, useWidgetOrg } from './harness.ts';

const org = useWidgetOrg();
beforeEach(() => org().control('POST', 'reset'));

const OLD = 'Tue, 10 Aug 2015 00:00:00 GMT';
const LATER = 'Tue, 10 Aug 2055 00:00:00 GMT';
const FAILED = error('ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE_CHECK', expect.any(String));

const account = async () => `/sobjects/Account/${await created(org(), 'Account', { Name: 'a' })}`;
const contact = async () =>
  `/sobjects/Contact/${await created(org(), 'Contact', { LastName: 'c' })}`;
const read = (url: string, headers: Record<string, string> = {}) =>
  org().rest('GET', url, undefined, headers);
const write = (url: string, headers: Record<string, string>, body: object = { Description: 'x' }) =>
  org().rest('PATCH', url, body, headers);

describe('a date (documented: Conditional Request Headers; 412 code reported)', () => {
  it('row 44: PATCH If-Unmodified-Since', async () => {
    const url = await contact();
    const outdated = await write(url, { 'if-unmodified-since': OLD });
    expect([outdated.status, outdated.body]).toEqual([412, FAILED]);
    expect((await read(url)).body).toMatchObject({ Description: null });
    expect((await write(url, { 'if-unmodified-since': LATER })).status).toBe(204);
  });

  it('row 44: GET If-Modified-Since and If-Unmodified-Since', async () => {
    const url = await contact();
    const unchanged = await read(url, { 'if-modified-since': LATER });
    expect([unchanged.status, unchanged.body]).toEqual([304, undefined]);
    expect((await read(url, { 'if-modified-since': OLD })).status).toBe(200);
    expect((await read(url, { 'if-unmodified-since': OLD })).status).toBe(412);
  });

  it('facts §6: PATCH If-Modified-Since', async () => {
    const url = await contact();
    expect((await write(url, { 'if-modified-since': LATER })).status).toBe(412);
    expect((await write(url, { 'if-modified-since': OLD })).status).toBe(204);
  });

  it('does not tell changes within a second apart', async () => {
    const url = await contact();
    const modified = Object((await read(url)).body).LastModifiedDate;
    const second = new Date(Date.parse(modified)).toUTCString();
    expect((await write(url, { 'if-unmodified-since': second })).status).toBe(204);
  });

  it.each(['yesterday', '2026-11-27T20:12:02Z', '1448000000', 'Xyz, 40 Foo 2015 00:00:00 GMT'])(
    'row 44: %s is 400 for a PATCH, and ignored by a GET',
    async (date) => {
      const url = await contact();
      for (const name of ['if-unmodified-since', 'if-modified-since']) {
        expect((await write(url, { [name]: date })).status).toBe(400);
        expect((await read(url, { [name]: date })).status).toBe(200);
      }
    },
  );

  it('applies to upserts of a known key', async () => {
    const url = '/sobjects/Widget__c/Ext__c/k';
    expect((await write(url, { 'if-unmodified-since': OLD }, {})).status).toBe(201);
    expect((await write(url, { 'if-unmodified-since': OLD }, {})).status).toBe(412);
  });
});

describe('an ETag (documented: Conditional Request Headers)', () => {
  const etagOf = async (url: string) => (await read(url)).headers.get('etag') ?? '';

  it('row 45: an old one is 412 for an Account', async () => {
    const url = await account();
    const old = await etagOf(url);
    expect((await write(url, { 'if-match': old })).status).toBe(204);
    const outdated = await write(url, { 'if-match': old });
    expect([outdated.status, outdated.body]).toEqual([412, FAILED]);
    const now = await etagOf(url);
    expect(
      (await write(url, { 'if-match': `${old}, ${now.replace(/"$/, '-gzip"')}` })).status,
    ).toBe(204);
    expect((await write(url, { 'if-match': '*' })).status).toBe(204);
  });

  it('If-None-Match is 304 for a GET, 412 for a PATCH', async () => {
    const url = await account();
    const etag = await etagOf(url);
    expect((await read(url, { 'if-none-match': etag })).status).toBe(304);
    expect((await write(url, { 'if-none-match': etag })).status).toBe(412);
    expect((await write(url, { 'if-none-match': '"other"' })).status).toBe(204);
  });

  it('that is not one is 400 for a PATCH', async () => {
    expect((await write(await account(), { 'if-match': 'abc' })).status).toBe(400);
  });

  it('row 45: has no effect on other objects, and is not sent by them', async () => {
    const url = await contact();
    const { headers } = await read(url);
    expect([headers.get('etag'), headers.get('last-modified')]).toEqual([null, null]);
    expect((await write(url, { 'if-match': '"old"' })).status).toBe(204);
    expect((await write(url, { 'if-match': 'abc' })).status).toBe(204);
  });
});

it('documented: conditions are not supported by DELETE', async () => {
  const url = await account();
  expect(
    (
      await org().rest('DELETE', url, undefined, {
        'if-match': '"old"',
        'if-unmodified-since': OLD,
      })
    ).status,
  ).toBe(204);
});
