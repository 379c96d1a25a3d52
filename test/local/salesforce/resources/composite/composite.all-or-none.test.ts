import { beforeEach, describe, expect, it } from 'vitest';
import { ROLLED_BACK, refused, stored, success, useWidgetOrg, widget } from '../harness.ts';
import { post, ROLLED_BACK_PART, results, statuses } from './harness.ts';

const org = useWidgetOrg();
beforeEach(() => org().control('POST', 'reset'));

const send = (compositeRequest: readonly object[], more: object = {}) =>
  org().rest('POST', '/composite', { compositeRequest, ...more });

const newWidget = (fields: object = {}) => post('/sobjects/Widget__c', fields);
const BAD = { Text__c: 'x'.repeat(256) };
const TOO_LONG = [
  { errorCode: 'STRING_TOO_LONG', message: expect.any(String), fields: ['Text__c'] },
];
const collection = (records: readonly object[], allOrNone = false) =>
  post('/composite/sobjects', { allOrNone, records });

describe('allOrNone', () => {
  it('row 7, documented: one part fails, nothing is stored, all others are PROCESSING_HALTED', async () => {
    const answer = await send([newWidget(), newWidget(BAD), newWidget()], { allOrNone: true });
    expect(results(answer)).toEqual([
      ROLLED_BACK_PART,
      expect.objectContaining({ httpStatusCode: 400, body: TOO_LONG }),
      ROLLED_BACK_PART,
    ]);
    expect(await stored(org())).toEqual([]);
  });

  it('documented: all parts succeed, everything is stored', async () => {
    expect(statuses(await send([newWidget(), newWidget()], { allOrNone: true }))).toEqual([
      201, 201,
    ]);
    expect(await stored(org())).toHaveLength(2);
  });

  it('is false unless given: the other parts stand', async () => {
    expect(statuses(await send([newWidget(), newWidget(BAD), newWidget()]))).toEqual([
      201, 400, 201,
    ]);
    expect(await stored(org())).toHaveLength(2);
  });

  const row = (success: unknown) => [
    success,
    refused('STRING_TOO_LONG', expect.any(String), ['Text__c']),
  ];

  it.each([
    ['case 1', false, false, row(success), 201, 2],
    ['case 2', false, true, row(ROLLED_BACK), 201, 1],
    ['case 3', true, true, row(ROLLED_BACK), 400, 0],
    ['case 4 (row 8): success is a lie', true, false, row(success), 400, 0],
  ])('documented, %s: outer %s, inner %s', async (_case, outer, inner, body, status, count) => {
    const parts = [collection([widget({}), widget(BAD)], inner), newWidget()];
    const answer = results(await send(parts, { allOrNone: outer, collateSubrequests: false }));
    expect(answer).toMatchObject([{ httpStatusCode: 200, body }, { httpStatusCode: status }]);
    expect(await stored(org())).toHaveLength(count);
  });

  it('row 27, documented code: setup and business objects are one transaction', async () => {
    const parts = [newWidget(), post('/sobjects/Setting__c', {})];
    expect(results(await send(parts, { allOrNone: true }))).toEqual([
      ROLLED_BACK_PART,
      expect.objectContaining({
        body: [expect.objectContaining({ errorCode: 'MIXED_DML_OPERATION' })],
      }),
    ]);
    expect(statuses(await send(parts))).toEqual([201, 201]);
  });
});
