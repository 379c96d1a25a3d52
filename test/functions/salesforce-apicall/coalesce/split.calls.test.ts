import { describe, expect, it } from 'vitest';

import { create, many, plan, request, splitBy } from './plan-harness.ts';

describe('the answer of a call with several requests', () => {
  const items = many(4, (index) => create(`N${index}`));
  const sort = (status: number, body: unknown) => {
    const [shared] = plan(items);
    return shared && splitBy(shared, status, body);
  };
  const fine = { success: true, id: '003', errors: [] };
  const bad = (statusCode: string, message = 'm') => ({
    success: false,
    errors: [{ statusCode, message }],
  });

  it('ends those that it speaks of, and blames no neighbour', () => {
    const sorted = sort(200, [
      fine,
      bad('STRING_TOO_LONG'),
      fine,
      bad('ALL_OR_NONE_OPERATION_ROLLED_BACK'),
    ]);
    expect(sorted?.finished.map(({ outcome }) => outcome.kind)).toEqual([
      'success',
      'failure',
      'success',
    ]);
    expect(sorted?.alone).toEqual([items[3]]);
  });

  it('halves a call that was rejected as a whole', () => {
    const sorted = sort(400, [{ errorCode: 'JSON_PARSER_ERROR', message: 'of one of them' }]);
    expect([sorted?.finished, sorted?.halve]).toEqual([[], items]);
  });

  it('halves what was too much for automation', () => {
    const sorted = sort(200, [
      fine,
      ...many(3, () => bad('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'Too many SOQL queries: 101')),
    ]);
    expect([sorted?.finished.length, sorted?.halve.length, sorted?.tooBig.length]).toEqual([
      1, 3, 3,
    ]);
  });

  it.each([
    [503, '', 'retry-soon'],
    [
      403,
      [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }],
      'retry-later',
    ],
    [502, '<html>', 'outcome-unknown'],
    [200, { not: 'a list' }, 'outcome-unknown'],
    [200, [fine], 'outcome-unknown'],
  ])('%i %j is that of each', (status, body, name) => {
    const sorted = sort(status, body);
    expect(sorted?.failed.map(({ outcome }) => Object(outcome).class)).toEqual(many(4, () => name));
  });

  it('makes those again alone that the session ended over', () => {
    const sorted = sort(200, [fine, bad('INVALID_SESSION_ID'), fine, fine]);
    expect([sorted?.finished.length, sorted?.alone]).toEqual([3, [items[1]]]);
    const rejected = sort(401, [{ errorCode: 'INVALID_SESSION_ID', message: 'm' }]);
    expect(rejected?.halve).toHaveLength(4);
  });
});

describe('an upsert', () => {
  const upsert = (key: string) =>
    request({ action: 'PATCH', record: `Key__c/${key}`, payload: { LastName: 'N' } });
  const duplicate = (field: string) => ({
    errorCode: 'DUPLICATE_VALUE',
    message: `duplicate value found: ${field} duplicates value on record with id: 0035g00000ABCDE`,
  });
  const one = upsert('a');
  const two = [one, upsert('b')];
  const sort = (body: unknown, isResend?: true) => {
    const [single] = plan([one]);
    return single && splitBy({ ...single, ...(isResend && { isResend }) }, 400, body);
  };

  it('that another one of the same new key overtook is finished again, once', () => {
    expect(sort([duplicate('key__c')])?.alone).toEqual([one]);
    expect(sort([duplicate('key__c')], true)).toMatchObject({
      finished: [{ outcome: { class: 'permanent-data' } }],
      alone: [],
    });
  });

  it('that is overtaken in a collection is finished again alone', () => {
    const { errorCode, message } = duplicate('Key__c');
    const body = [
      { success: true, id: '003', errors: [] },
      { success: false, errors: [{ statusCode: errorCode, message }] },
    ];
    const [shared] = plan(two);
    const sorted = shared && splitBy(shared, 200, body);
    expect([sorted?.finished.length, sorted?.alone]).toEqual([1, [two[1]]]);
  });

  it('that breaks another unique field, and a create that does, are not', () => {
    expect(sort([duplicate('Email__c')])?.alone).toEqual([]);
    const [call] = plan([create('N')]);
    const body = [duplicate('Key__c')];
    expect(call && splitBy(call, 400, body).alone).toEqual([]);
  });
});
