import { beforeEach, describe, expect, it } from 'vitest';
import {
  bodies,
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
const create = (records: readonly unknown[], allOrNone = false) =>
  org().rest('POST', PATH, { allOrNone, records });
const update = (records: readonly unknown[], allOrNone = false) =>
  org().rest('PATCH', PATH, { allOrNone, records });
const upsert = (records: readonly unknown[], field = 'Ext__c', allOrNone = false) =>
  org().rest('PATCH', `${PATH}/Widget__c/${field}`, { allOrNone, records });
const remove = (ids: readonly string[], allOrNone = false) =>
  org().rest('DELETE', `${PATH}?ids=${ids.join(',')}&allOrNone=${allOrNone}`);

const contact = (fields: object) => ({ attributes: { type: 'Contact' }, ...fields });
const TOO_LONG = 'x'.repeat(256);

describe('a collection refused as a whole (documented: 400; code and text as marked)', () => {
  const many = Array.from({ length: 201 }, () => widget({}));
  const alternating = Array.from({ length: 11 }, (_, index) =>
    index % 2 === 0 ? widget({}) : contact({ LastName: 'x' }),
  );

  it.each([
    [
      'reported, Beatbox #3',
      'of 201 records',
      many,
      'EXCEEDED_ID_LIMIT',
      'record limit reached. cannot submit more than 200 records into this call',
    ],
    [
      'text reported of Apex, code a guess',
      'of 11 chunks',
      alternating,
      'INVALID_INPUT',
      expect.stringContaining('Cannot have more than 10 chunks in a single operation'),
    ],
    [
      'documented rule, guessed text',
      'without attributes.type',
      [{ Name: 'x' }],
      'INVALID_INPUT',
      'records[0] must have attributes.type',
    ],
    [
      'guess',
      'of an unknown object',
      [{ attributes: { type: 'Nothing__c' } }],
      'INVALID_TYPE',
      expect.stringContaining("sObject type 'Nothing__c' is not supported"),
    ],
    [
      'guess',
      'of something that is no record',
      ['x'],
      'JSON_PARSER_ERROR',
      'records[0] must be an object',
    ],
    [
      "documented rule, Apex's text",
      'of setup and business objects',
      [widget({}), { attributes: { type: 'Setting__c' } }],
      'MIXED_DML_OPERATION',
      'DML operation on setup object is not permitted after you have updated a non-setup object (or vice versa): Setting__c, original object: Widget__c',
    ],
  ])('%s: one %s', async (_certainty, _what, records, errorCode, message) => {
    const answer = await create(records);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject(error(errorCode, message));
    expect(await stored(org())).toEqual([]);
  });

  it('guess: one whose body has no records', async () => {
    const answers = [
      await org().rest('POST', PATH, [widget({})]),
      await org().rest('POST', PATH, { records: {} }),
      await org().rest('POST', PATH, { allOrNone: 'yes', records: [] }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
    expect(answers[1]?.body).toMatchObject(error('JSON_PARSER_ERROR', 'records must be an array'));
  });
});

describe('creates (documented: Create Records Using sObject Collections)', () => {
  it('give a result per record, in order, of several objects', async () => {
    const answer = await create([
      widget({ Text__c: 'a' }),
      contact({ FirstName: 'no last name' }),
      widget({ Text__c: TOO_LONG }),
      contact({ LastName: 'd' }),
    ]);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('location')).toBeNull();
    expect(answer.body).toEqual([
      success,
      refused('REQUIRED_FIELD_MISSING', 'Required fields are missing: [LastName]', ['LastName']),
      refused('STRING_TOO_LONG', expect.stringContaining('data value too large'), ['Text__c']),
      success,
    ]);
    expect(await stored(org())).toMatchObject([{ Text__c: 'a' }]);
  });

  it('with allOrNone: leave nothing, and records without ids, if one fails', async () => {
    const answer = await create(
      [widget({}), widget({ Text__c: TOO_LONG }), contact({ LastName: 'x' })],
      true,
    );
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual([
      ROLLED_BACK,
      refused('STRING_TOO_LONG', expect.any(String), ['Text__c']),
      ROLLED_BACK,
    ]);
    expect([await stored(org()), await stored(org(), 'Contact')]).toEqual([[], []]);
  });

  it('reported (public tests): name no field of a unique value that the same chunk has', async () => {
    const unknown =
      'duplicate value found: <unknown> duplicates value on record with id: <unknown>';
    const answer = await create([widget({ Serial__c: '1' }), widget({ Serial__c: '1' })]);
    expect(answer.body).toEqual([success, refused('DUPLICATE_VALUE', unknown)]);
  });

  it('name field and record of a unique value that is committed', async () => {
    const id = await created(org(), 'Widget__c', { Serial__c: '1' });
    const text = `duplicate value found: Serial__c duplicates value on record with id: ${id}`;
    expect((await create([widget({ Serial__c: '1' })])).body).toEqual([
      refused('DUPLICATE_VALUE', text),
    ]);
    const chunks = [
      widget({ Serial__c: '2' }),
      contact({ LastName: 'x' }),
      widget({ Serial__c: '2' }),
    ];
    expect(bodies(await create(chunks))[2]).toEqual(
      refused(
        'DUPLICATE_VALUE',
        expect.stringContaining('Serial__c duplicates value on record with id: a'),
      ),
    );
  });

  it('reported (SOAP text): refuse a record with an id', async () => {
    const text = 'cannot specify Id in an insert call';
    expect((await create([widget({ id: 'x' }), widget({})])).body).toEqual([
      refused('INVALID_FIELD_FOR_INSERT_UPDATE', text, ['Id']),
      success,
    ]);
  });

  it('SOAP create(): find a parent that stands earlier, of another object, by its external id', async () => {
    const part = (Ext__c: string) => ({ attributes: { type: 'Part__c' }, Widget__r: { Ext__c } });
    const answer = await create([widget({ Ext__c: 'parent' }), part('parent'), part('none')]);
    expect(answer.body).toEqual([
      success,
      success,
      refused(
        'INVALID_FIELD',
        'Foreign key external ID: none not found for field Ext__c in entity Widget__c',
      ),
    ]);
  });
});

describe('updates (documented: Update Records Using sObject Collections)', () => {
  it('take 15 characters of an id and give 18', async () => {
    const id = await created(org(), 'Widget__c', {});
    const answer = await update([widget({ id: id.slice(0, 15), Text__c: 'new' })]);
    expect(answer.body).toEqual([{ id, success: true, errors: [] }]);
    expect(await stored(org())).toMatchObject([{ Text__c: 'new' }]);
  });

  it('refuse ids of other objects, of no record, deleted ones, and none', async () => {
    const account = await created(org(), 'Account', { Name: 'x' });
    const gone = await created(org(), 'Contact', { LastName: 'gone' });
    await org().rest('DELETE', `/sobjects/Contact/${gone}`);
    const unknown = `${gone.slice(0, 13)}zz`;
    const answer = await update([
      contact({ Id: account }),
      contact({ Id: unknown }),
      contact({ Id: gone }),
      contact({ LastName: 'x' }),
    ]);
    expect(answer.body).toEqual([
      refused('MALFORMED_ID', `Contact ID: id value of incorrect type: ${account}`, ['Id']),
      refused('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id'),
      refused('ENTITY_IS_DELETED', 'entity is deleted'),
      refused('MISSING_ARGUMENT', 'Id not specified in an update call', ['Id']),
    ]);
  });

  it('with allOrNone: keep the ids of records that are rolled back', async () => {
    const id = await created(org(), 'Widget__c', { Text__c: 'old' });
    const answer = await update(
      [widget({ Id: id, Text__c: 'new' }), widget({ Id: id.slice(0, 5) })],
      true,
    );
    expect(answer.body).toEqual([
      { id, ...ROLLED_BACK },
      refused('MALFORMED_ID', expect.any(String), ['Id']),
    ]);
    expect(await stored(org())).toMatchObject([{ Text__c: 'old' }]);
  });

  it('guess, as upserts: refuse every record whose id comes twice', async () => {
    const id = await created(org(), 'Widget__c', { Text__c: 'old' });
    const twice = refused('DUPLICATE_VALUE', `Duplicate id specified: ${id}`);
    const answer = await update([
      widget({ Id: id, Text__c: '1' }),
      widget({ Id: id, Text__c: '2' }),
    ]);
    expect(answer.body).toEqual([twice, twice]);
    expect(await stored(org())).toMatchObject([{ Text__c: 'old' }]);
  });
});

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

  it('with allOrNone: roll back, and keep the id', async () => {
    const answer = await upsert(
      [widget({ Ext__c: 'a' }), widget({ Ext__c: 'b', Text__c: TOO_LONG })],
      'Ext__c',
      true,
    );
    expect(answer.body).toEqual([
      { id: expect.any(String), ...ROLLED_BACK },
      refused('STRING_TOO_LONG', expect.any(String), ['Text__c']),
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
