import { beforeEach, describe, expect, it } from 'vitest';
import { created, error, useWidgetOrg } from './harness.ts';

const org = useWidgetOrg();
beforeEach(() => org().control('POST', 'reset'));

const PATH = '/composite/sobjects/Widget__c';
const byBody = (ids: unknown, fields: unknown = ['id', 'text__C']) =>
  org().rest('POST', PATH, { ids, fields });
const byQuery = (ids: readonly string[], fields = 'id,text__C') =>
  org().rest('GET', `${PATH}?ids=${ids.join(',')}&fields=${fields}`);

describe('row 26, documented: Get Records Using sObject Collections', () => {
  it.each([
    ['POST', byBody],
    ['GET', byQuery],
  ])('%s gives records in order, and null for what can not be found', async (_method, retrieve) => {
    const id = await created(org(), 'Widget__c', { Text__c: 'x' });
    const gone = await created(org(), 'Widget__c', {});
    const contact = await created(org(), 'Contact', { LastName: 'x' });
    await org().rest('DELETE', `/sobjects/Widget__c/${gone}`);
    const answer = await retrieve([
      contact,
      id.slice(0, 15),
      'nonsense',
      gone,
      'a00000000000ZZZ',
      id,
    ]);
    const attributes = { type: 'Widget__c', url: `/services/data/v68.0/sobjects/Widget__c/${id}` };
    const record = { attributes, Id: id, Text__c: 'x' };
    expect([answer.status, answer.body]).toEqual([200, [null, record, null, null, null, record]]);
  });

  it('a bad field is 400 for the call', async () => {
    for (const answer of [await byBody(['x'], ['Nothing__c']), await byQuery(['x'], 'Nothing__c')])
      expect([answer.status, answer.body]).toMatchObject([
        400,
        error('INVALID_FIELD', expect.stringContaining('Nothing__c')),
      ]);
  });

  it('2,000 ids are the limit', async () => {
    const ids = Array.from({ length: 2_001 }, () => 'x');
    expect((await byBody(ids)).body).toMatchObject(
      error('EXCEEDED_ID_LIMIT', expect.stringContaining('2000')),
    );
    expect((await byBody(ids.slice(1))).body).toHaveLength(2_000);
  });

  it('guess: what is missing or of another type is 400', async () => {
    for (const [ids, fields] of [
      [undefined, ['Id']],
      [['x'], []],
      ['x', ['Id']],
      [['x'], [1]],
    ])
      expect((await byBody(ids, fields)).status).toBe(400);
    expect((await byQuery([], 'Id')).status).toBe(400);
  });
});
