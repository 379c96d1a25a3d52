import { beforeEach, describe, expect, it } from 'vitest';
import { stored, useWidgetOrg } from '../harness.ts';

const org = useWidgetOrg();
beforeEach(() => org().control('POST', 'reset'));

const send = (records: unknown) => org().rest('POST', '/composite/tree/Account', { records });
const node = (type: string, referenceId: string, fields: object) => ({
  attributes: { type, referenceId },
  ...fields,
});
const account = (referenceId: string, ...children: readonly object[]) =>
  node('Account', referenceId, {
    name: referenceId,
    ...(children.length > 0 ? { Contacts: { records: children } } : {}),
  });
const contact = (referenceId: string, fields: object = { lastname: referenceId }) =>
  node('Contact', referenceId, fields);

describe('trees (documented: sObject Tree)', () => {
  it('are created level by level, children with the ids of their parents', async () => {
    const { status, body } = await send([
      account('a1', contact('c1'), contact('c2')),
      account('a2'),
    ]);
    const results = ['a1', 'a2', 'c1', 'c2'].map((referenceId) => ({
      referenceId,
      id: expect.any(String),
    }));
    expect([status, body]).toEqual([201, { hasErrors: false, results }]);
    const [parent] = Object(body).results;
    expect(await stored(org(), 'Contact')).toMatchObject([
      { AccountId: parent.id },
      { AccountId: parent.id },
    ]);
  });

  it('are created as a whole or not at all', async () => {
    const { status, body } = await send([
      account('a1', contact('bad', { lastname: 'x', email: '123' })),
    ]);
    const errors = [
      {
        statusCode: 'INVALID_EMAIL_ADDRESS',
        message: 'Email: invalid email address: 123',
        fields: ['Email'],
      },
    ];
    expect([status, body]).toEqual([
      400,
      { hasErrors: true, results: [{ referenceId: 'bad', errors }] },
    ]);
    expect(await stored(org(), 'Account')).toEqual([]);
  });

  it('with a reference id twice have a result for each', async () => {
    const { status, body } = await send([account('a'), account('b'), account('a')]);
    expect([status, body]).toMatchObject([
      400,
      { hasErrors: true, results: [{ referenceId: 'a' }, { referenceId: 'a' }] },
    ]);
  });

  it.each([
    ['201 records', Array.from({ length: 201 }, (_, index) => account(`a${index}`))],
    ['another root object', [contact('c')]],
    [
      'an unknown relationship',
      [
        node('Account', 'a', {
          name: 'a',
          Nothings: { records: [] },
          Nowheres: { records: [contact('c')] },
        }),
      ],
    ],
    ['no reference id', [{ attributes: { type: 'Account' }, name: 'x' }]],
    ['a reference id with a hyphen', [account('a-b')]],
    ['no array', {}],
  ])('with %s are 400', async (_what, records) => {
    expect((await send(records)).status).toBe(400);
    expect(await stored(org(), 'Account')).toEqual([]);
  });
});
