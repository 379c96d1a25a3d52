import { beforeEach, describe, expect, it } from 'vitest';
import {
  created,
  error,
  ROLLED_BACK,
  refused,
  stored,
  success,
  useWidgetOrg,
  widget,
} from './harness.ts';

const org = useWidgetOrg();
beforeEach(() => org().control('POST', 'reset'));

const PATH = '/composite/sobjects';
const upsert = (records: readonly unknown[], field = 'Ext__c', allOrNone = false) =>
  org().rest('PATCH', `${PATH}/Widget__c/${field}`, { allOrNone, records });
const remove = (ids: readonly string[], allOrNone = false) =>
  org().rest('DELETE', `${PATH}?ids=${ids.join(',')}&allOrNone=${allOrNone}`);

const contact = (fields: object) => ({ attributes: { type: 'Contact' }, ...fields });
const TOO_LONG = 'x'.repeat(256);

describe('upserts (documented: Upsert Records Using sObject Collections)', () => {
  it('create and update, with the key in the body in any case', async () => {
    const id = await created(org(), 'Widget__c', { Ext__c: 'known' });
    const answer = await upsert([
      widget({ ext__c: ' KNOWN ', Text__c: 'x' }),
      widget({ Ext__c: 'b.inc' }),
    ]);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual([
      { id, success: true, errors: [], created: false },
      { id: expect.any(String), success: true, errors: [], created: true },
    ]);
    expect(await stored(org())).toMatchObject([
      { Ext__c: 'known', Text__c: 'x' },
      { Ext__c: 'b.inc' },
    ]);
  });

  it('SOAP upsert() and reports: refuse all records of a key that comes twice', async () => {
    const answer = await upsert([
      widget({ Ext__c: 'k' }),
      widget({ Ext__c: 'other' }),
      widget({ Ext__c: 'K' }),
    ]);
    expect(answer.body).toEqual([
      refused('DUPLICATE_VALUE', 'Duplicate external id specified: k'),
      success,
      refused('DUPLICATE_VALUE', 'Duplicate external id specified: K'),
    ]);
    expect(await stored(org())).toHaveLength(1);
  });

  it('SOAP upsert(): tell cases apart in a case-sensitive and in a non-unique key', async () => {
    for (const field of ['Exact__c', 'Loose__c']) {
      const answer = await upsert([widget({ [field]: 'ABC' }), widget({ [field]: 'abc' })], field);
      expect(answer.body).toMatchObject([{ created: true }, { created: true }]);
    }
  });

  it('documented code, reported text: refuse a key that two records have', async () => {
    const first = await created(org(), 'Widget__c', { Loose__c: 'same' });
    const second = await created(org(), 'Widget__c', { Loose__c: 'same' });
    const text = `Loose: more than one record found for external id field: [${first}, ${second}]`;
    const answer = await upsert(
      [widget({ Loose__c: 'same' }), widget({ Loose__c: 'x' })],
      'Loose__c',
    );
    expect(answer.body).toEqual([refused('DUPLICATE_EXTERNAL_ID', text), success]);
  });

  it.each([[{}], [{ Ext__c: null }], [{ Ext__c: ' ' }]])(
    'reported text, guessed code: refuse a record without its key, %j',
    async (fields) => {
      const answer = await upsert([widget(fields)]);
      expect(answer.body).toEqual([refused('MISSING_ARGUMENT', 'Ext__c not specified')]);
      expect(await stored(org())).toEqual([]);
    },
  );

  it('with allOrNone: roll back, keep the id, and say what would be created (reported: tests of jsforce)', async () => {
    const answer = await upsert(
      [widget({ Ext__c: 'a' }), widget({ Ext__c: 'b', Text__c: TOO_LONG })],
      'Ext__c',
      true,
    );
    expect(answer.body).toEqual([
      { id: expect.any(String), ...ROLLED_BACK, created: true },
      { ...refused('STRING_TOO_LONG', expect.any(String), ['Text__c']), created: true },
    ]);
    expect(await stored(org())).toEqual([]);
  });

  it('refuse fields that are no external id, Id, and records of other objects', async () => {
    const field = await upsert([], 'Text__c');
    expect([field.status, field.body]).toEqual([
      404,
      error('NOT_FOUND', 'Provided external ID field does not exist or is not accessible: Text__c'),
    ]);
    expect((await upsert([], 'Id')).status).toBe(400);
    expect((await upsert([contact({ LastName: 'x' })])).status).toBe(400);
  });
});

describe('deletes (documented: Delete Records Using sObject Collections)', () => {
  it('take ids of several objects, and keep their order', async () => {
    const contactId = await created(org(), 'Contact', { LastName: 'x' });
    const ids = [
      await created(org(), 'Widget__c', {}),
      contactId,
      await created(org(), 'Gadget__c', {}),
    ];
    expect((await remove(ids)).body).toEqual(ids.map((id) => ({ id, success: true, errors: [] })));
    expect(await stored(org(), 'Contact')).toEqual([]);
  });

  it('refuse ids that are malformed, and ids of records that are gone', async () => {
    const id = await created(org(), 'Widget__c', {});
    await org().rest('DELETE', `/sobjects/Widget__c/${id}`);
    expect((await remove([id, '001RM000003oLrB000', 'x'])).body).toEqual([
      refused('ENTITY_IS_DELETED', 'entity is deleted'),
      refused('MALFORMED_ID', 'malformed id 001RM000003oLrB000'),
      refused('MALFORMED_ID', 'malformed id x'),
    ]);
  });

  it('guess: delete an id that comes twice once', async () => {
    const id = await created(org(), 'Widget__c', {});
    const gone = refused('ENTITY_IS_DELETED', 'entity is deleted');
    expect((await remove([id, id.slice(0, 15)])).body).toEqual([
      { id, success: true, errors: [] },
      gone,
    ]);
  });

  it('with allOrNone: delete nothing if one fails', async () => {
    const id = await created(org(), 'Widget__c', {});
    expect((await remove([id, 'x'], true)).body).toEqual([
      { id, ...ROLLED_BACK },
      refused('MALFORMED_ID', 'malformed id x'),
    ]);
    expect(await stored(org())).toHaveLength(1);
  });

  it('reported, Beatbox #3: refuse 201 ids', async () => {
    const answer = await remove(Array.from({ length: 201 }, () => 'x'));
    expect([answer.status, answer.body]).toMatchObject([
      400,
      error('EXCEEDED_ID_LIMIT', expect.any(String)),
    ]);
  });
});
