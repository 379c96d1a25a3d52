import { beforeEach, describe, expect, it } from 'vitest';
import { error, stored, useWidgetOrg } from '../harness.ts';

const org = useWidgetOrg();
beforeEach(() => org().control('POST', 'reset'));

const send = (batchRequests: readonly object[], more: object = {}) =>
  org().rest('POST', '/composite/batch', { batchRequests, ...more });
const create = (richInput: object = {}) => ({
  method: 'POST',
  url: 'v68.0/sobjects/Widget__c',
  richInput,
});
const BAD = create({ Nothing__c: 1 });

const used = async (): Promise<number> =>
  Number(
    /api-usage=(\d+)/.exec(
      (await org().rest('GET', '/sobjects/Widget__c/x')).headers.get('sforce-limit-info') ?? '',
    )?.[1],
  );

describe('a batch (documented: Composite Batch)', () => {
  it('runs its requests in order, each counted as a call', async () => {
    const before = await used();
    const { status, body } = await send([
      create({ Ext__c: 'a' }),
      BAD,
      { method: 'DELETE', url: 'v68.0/sobjects/Widget__c/Ext__c/a' },
    ]);
    expect([status, body]).toEqual([
      200,
      {
        hasErrors: true,
        results: [
          { statusCode: 201, result: expect.objectContaining({ success: true }) },
          { statusCode: 400, result: [expect.objectContaining({ errorCode: 'INVALID_FIELD' })] },
          { statusCode: 204, result: null },
        ],
      },
    ]);
    expect(await used()).toBe(before + 4);
  });

  it('halts at an error if asked to', async () => {
    const { body } = await send([create(), BAD, create()], { haltOnError: true });
    expect(body).toMatchObject({
      hasErrors: true,
      results: [
        { statusCode: 201 },
        { statusCode: 400 },
        { statusCode: 412, result: error('BATCH_PROCESSING_HALTED', expect.any(String)) },
      ],
    });
    expect(await stored(org())).toHaveLength(1);
  });

  it.each([
    ['of a wrong method', [create(), { ...create(), method: 'get' }]],
    ['of a wrong URL', [create(), { ...create(), url: 'sobjects/Widget__c' }]],
    ['of an unsupported resource', [create(), { ...create(), url: 'v68.0/composite/sobjects' }]],
    ['of 26 requests', Array.from({ length: 26 }, () => create())],
  ])('%s is 400, and nothing runs', async (_what, requests) => {
    expect((await send(requests)).status).toBe(400);
    expect(await stored(org())).toEqual([]);
  });
});
