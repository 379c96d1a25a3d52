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

  it.each([
    ['an unknown field', { Nothing__c: 1 }, 'INVALID_FIELD', expect.stringContaining('Nothing__c')],
    ['a wrong type', { Amount__c: 'x' }, 'JSON_PARSER_ERROR', expect.stringContaining('double')],
  ])(
    'reported of SOAP (Salesforce Inspector reloaded 1154): one with %s',
    async (_what, fields, errorCode, message) => {
      const answer = await create([widget({}), widget(fields), widget({})]);
      expect([answer.status, answer.body]).toEqual([400, error(errorCode, message)]);
      expect(await stored(org())).toEqual([]);
    },
  );

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

  it('SOAP create(): do not find a parent of the same object that the call creates', async () => {
    const records = [widget({ Ext__c: 'parent' }), widget({ Widget__r: { Ext__c: 'parent' } })];
    const text = 'Foreign key external ID: parent not found for field Ext__c in entity Widget__c';
    expect((await create(records)).body).toEqual([success, refused('INVALID_FIELD', text)]);
    expect((await create(records.slice(1))).body).toEqual([success]);
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
