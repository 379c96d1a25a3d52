import { beforeEach, describe, expect, it } from 'vitest';
import { type Answer, useTestOrg } from '../harness.ts';

const org = useTestOrg({
  schema: [
    {
      name: 'Audit__c',
      fields: [{ name: 'Key__c', type: 'string', unique: true, externalId: true }],
    },
    {
      name: 'Guarded__c',
      fields: [
        { name: 'Key__c', type: 'string', unique: true, externalId: true },
        { name: 'Email__c', type: 'email' },
        { name: 'Amount__c', type: 'double', precision: 10, scale: 2 },
        { name: 'Audited__c', type: 'string' },
      ],
      validationRules: [
        {
          name: 'Positive',
          when: [{ field: 'Amount__c', is: 'less', value: 0 }],
          message: 'The amount must be positive',
          field: 'Amount__c',
        },
      ],
      duplicateRules: [{ name: 'Same email', fields: ['Email__c'], action: 'alert' }],
      triggers: [{ name: 'AuditTrigger', insert: 'Audit__c', values: { Key__c: '{Audited__c}' } }],
    },
  ],
});
beforeEach(() => org().control('POST', 'reset'));

const post = (fields: object, headers = {}): Promise<Answer> =>
  org().rest('POST', '/sobjects/Guarded__c', fields, headers);
const errorOf = ({ body }: Answer) => Object(body)[0];

describe('the rules of an org (documented: Apex Developer Guide, Triggers and Order of Execution)', () => {
  it('refuse a record that a validation rule matches, before its unique values are checked', async () => {
    expect((await post({ Key__c: 'a', Audited__c: '1' })).status).toBe(201);
    expect(errorOf(await post({ Key__c: 'a', Amount__c: -1 }))).toEqual({
      errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      message: 'The amount must be positive',
      fields: ['Amount__c'],
    });
    expect(errorOf(await post({ Key__c: 'a' })).errorCode).toBe('DUPLICATE_VALUE');
  });

  it('detect duplicates before unique values are checked, unless the header saves them', async () => {
    const fields = { Key__c: 'a', Email__c: 'a@b.co', Audited__c: '1' };
    expect((await post(fields)).status).toBe(201);
    expect(errorOf(await post(fields))).toEqual({
      errorCode: 'DUPLICATES_DETECTED',
      message: 'Use one of these records?',
      fields: [],
    });
    const headers = { 'Sforce-Duplicate-Rule-Header': 'allowSave=true' };
    expect(errorOf(await post(fields, headers)).errorCode).toBe('DUPLICATE_VALUE');
    const other = { ...fields, Key__c: 'b', Audited__c: '2' };
    expect((await post(other, headers)).status).toBe(201);
  });

  it('insert records by triggers, whose duplicates are wrapped and undo the record (reported text)', async () => {
    expect((await post({ Key__c: 'a', Audited__c: 'same' })).status).toBe(201);
    const { errorCode, message } = errorOf(await post({ Key__c: 'b', Audited__c: 'same' }));
    expect(errorCode).toBe('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY');
    expect(message).toMatch(
      /^AuditTrigger: execution of AfterInsert\s+caused by: System.DmlException: Insert failed. First exception on row 0; first error: DUPLICATE_VALUE, duplicate value found: Key__c duplicates value on record with id: a\w{17}: \[\]/,
    );
    expect((await org().control('GET', 'records/Guarded__c')).body).toHaveLength(1);
  });
});

describe('deleted records', () => {
  const create = async (fields: object): Promise<string> => Object((await post(fields)).body).id;
  const remove = (id: string) => org().rest('DELETE', `/sobjects/Guarded__c/${id}`);

  it('free their unique values, and are undeleted while the values are free (guess)', async () => {
    const id = await create({ Key__c: 'a', Audited__c: '1' });
    await remove(id);
    const other = await create({ Key__c: 'a', Audited__c: '2' });
    const refused = await org().control('POST', 'undelete', { ids: [id] });
    expect(errorOf(refused).errorCode).toBe('DUPLICATE_VALUE');
    await remove(other);
    expect((await org().control('POST', 'undelete', { ids: [id] })).status).toBe(200);
    expect(errorOf(await post({ Key__c: 'a', Audited__c: '3' })).errorCode).toBe('DUPLICATE_VALUE');
  });

  it('come back with those that were deleted with them (documented: undelete())', async () => {
    const account = Object((await org().rest('POST', '/sobjects/Account', { Name: 'a' })).body).id;
    await org().rest('POST', '/sobjects/Contact', { LastName: 'c', AccountId: account });
    await org().rest('DELETE', `/sobjects/Account/${account}`);
    expect((await org().control('GET', 'records/Contact')).body).toEqual([]);
    await org().control('POST', 'undelete', { ids: [account] });
    expect((await org().control('GET', 'records/Contact')).body).toHaveLength(1);
  });

  it('are gone once the recycle bin has been emptied', async () => {
    const id = await create({ Key__c: 'a', Audited__c: '1' });
    await remove(id);
    await org().control('POST', 'empty-recycle-bin');
    expect((await org().control('POST', 'undelete', { ids: [id] })).status).toBe(404);
  });

  it('merge: leave their children to the master, and free their unique values (documented: merge())', async () => {
    const make = async (Ext__c: string): Promise<string> =>
      Object((await org().rest('POST', '/sobjects/Account', { Name: 'a', Ext__c })).body).id;
    const [master, merged] = [await make('m'), await make('n')];
    await org().rest('POST', '/sobjects/Contact', { LastName: 'c', AccountId: merged });
    expect((await org().control('POST', 'merge', { master, merge: [merged] })).status).toBe(200);
    expect((await org().control('GET', 'records/Contact')).body).toMatchObject([
      { AccountId: master },
    ]);
    const answer = await org().rest('PATCH', `/sobjects/Account/${master}`, { Ext__c: 'n' });
    expect(answer.status).toBe(204);
  });

  it('explain a wrong control request', async () => {
    expect((await org().control('POST', 'merge', { master: 1 })).body).toEqual({
      message: expect.stringContaining('merge'),
    });
  });
});
