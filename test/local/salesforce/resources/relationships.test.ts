import { beforeEach, describe, expect, it } from 'vitest';
import { created, error, stored, useWidgetOrg } from './harness.ts';

const org = useWidgetOrg();
beforeEach(() => org().control('POST', 'reset'));

async function family() {
  const AccountId = await created(org(), 'Account', { Name: 'parent' });
  const contact = await created(org(), 'Contact', { LastName: 'child', AccountId });
  return { AccountId, contact, url: `/sobjects/Contact/${contact}/Account` };
}

const NOT_FOUND = error('NOT_FOUND', 'The requested resource does not exist');

describe('a relationship in the path (documented: sObject Relationships)', () => {
  it('leads to the parent', async () => {
    const { AccountId, url } = await family();
    const answer = await org().rest('GET', `${url}?fields=Name`);
    expect([answer.status, answer.body]).toEqual([
      200,
      { attributes: expect.objectContaining({ type: 'Account' }), Id: AccountId, Name: 'parent' },
    ]);
  });

  it('row 42: PATCH changes the parent, DELETE deletes it', async () => {
    const { AccountId, url } = await family();
    expect((await org().rest('PATCH', url, { Name: 'changed' })).status).toBe(204);
    expect((await org().rest('GET', `/sobjects/Account/${AccountId}`)).body).toMatchObject({
      Name: 'changed',
    });
    expect((await org().rest('DELETE', url)).status).toBe(204);
    expect((await org().rest('GET', `/sobjects/Account/${AccountId}`)).status).toBe(404);
  });

  it('leads to the children, which can be read only (405 a guess)', async () => {
    const { AccountId, contact } = await family();
    const url = `/sobjects/Account/${AccountId}/Contacts`;
    const { body } = await org().rest('GET', `${url}?fields=LastName`);
    expect(body).toEqual({
      totalSize: 1,
      done: true,
      records: [{ attributes: expect.any(Object), LastName: 'child', Id: contact }],
    });
    expect((await org().rest('PATCH', url, {})).status).toBe(405);
    const childless = await created(org(), 'Account', { Name: 'x' });
    expect((await org().rest('GET', `/sobjects/Account/${childless}/Contacts`)).body).toEqual({
      totalSize: 0,
      done: true,
      records: [],
    });
  });

  it('is followed to a polymorphic owner', async () => {
    const { contact } = await family();
    expect((await org().rest('GET', `/sobjects/Contact/${contact}/Owner`)).body).toMatchObject({
      attributes: { type: 'User' },
    });
  });

  it('is 404 where it is empty or unknown', async () => {
    const orphan = await created(org(), 'Contact', { LastName: 'x' });
    for (const name of ['Account', 'Nothing']) {
      const answer = await org().rest('GET', `/sobjects/Contact/${orphan}/${name}`);
      expect([answer.status, answer.body]).toEqual([404, NOT_FOUND]);
    }
    expect((await org().rest('PATCH', `/sobjects/Contact/${orphan}/Account`, {})).status).toBe(404);
    expect(await stored(org(), 'Account')).toEqual([]);
  });

  it('works in a composite, too', async () => {
    const { AccountId, url } = await family();
    const part = {
      method: 'PATCH',
      url: `/services/data/v68.0${url}`,
      referenceId: 'a',
      body: { Name: 'changed' },
    };
    await org().rest('POST', '/composite', { compositeRequest: [part] });
    expect((await org().rest('GET', `/sobjects/Account/${AccountId}`)).body).toMatchObject({
      Name: 'changed',
    });
  });
});

it.each([
  ['GET', '/sobjects/Attachment/00P000000000001/Body'],
  ['POST', '/sobjects/User/0055g0000000001AAA/password'],
  ['POST', '/sobjects/Account/quickActions/CreateContact'],
  ['GET', '/sobjects/Account/listviews'],
])('%s %s names itself as not simulated', async (method, path) => {
  const answer = await org().rest(method, path, method === 'POST' ? {} : undefined);
  expect([answer.status, answer.body]).toEqual([400, error('NOT_SIMULATED', expect.any(String))]);
});
