import { describe, expect, it } from 'vitest';
import type { ApiResponse, Call } from '../../../functions/salesforce-apicall/salesforce/client.ts';
import { sqsRecord } from './harness.ts';
import {
  answer,
  create,
  created,
  createScene,
  invalid,
  locked,
  SECRET_TEXT,
  update,
} from './scene.ts';

describe('a message', () => {
  it('that succeeds is deleted and answered with the response of Salesforce', async () => {
    const { calls, counted, entries, replies, run } = createScene();
    expect(await run([sqsRecord(create())])).toEqual([]);
    expect(calls).toMatchObject([
      {
        method: 'POST',
        path: '/services/data/v68.0/sobjects/Contact',
        body: '{"LastName":"N"}',
      },
    ]);
    expect(entries).toMatchObject([
      { source: 'salesforcetarget', detailType: 'io.triggermesh.salesforce.apicall.response' },
    ]);
    expect(replies()).toMatchObject([
      {
        specversion: '1.0',
        category: 'success',
        processedid: 'message-1',
        processedtype: 'io.triggermesh.salesforce.apicall',
        data: { id: '003' },
      },
    ]);
    expect(counted).toEqual(['ApiCallSucceeded']);
  });

  it.each([
    ['not JSON', '{', 'request-parsing'],
    ['no object', '[]', 'request-parsing'],
    ['an event of another type', { 'detail-type': 'x', id: '1', source: 's' }, 'event-context'],
    ['short of a field', { action: 'GET' }, 'request-validation'],
    [
      'for a resource that is not allowed',
      { ...create(), resource: 'tooling' },
      'request-validation',
    ],
    ['for a record with half a character', update('\ud800'), 'request-validation'],
  ])('that is %s is dead-lettered and answered without a call', async (_what, body, code) => {
    const { calls, deadLetters, replies, run } = createScene();
    expect(await run([sqsRecord(body)])).toEqual([]);
    expect(replies()).toMatchObject([{ category: 'error', data: { code } }]);
    expect(deadLetters).toMatchObject([{ failure: { class: 'permanent-data', attempts: 1 } }]);
    expect(calls).toEqual([]);
  });

  it('that reuses a key for another payload is rejected as an invalid request', async () => {
    const { calls, replies, run } = createScene();
    const keyed = (LastName: string) => ({ ...create(LastName), idempotencyKey: 'k' });
    await run([sqsRecord(keyed('N'))]);
    await run([sqsRecord(keyed('M'), { messageId: 'message-2' })]);
    expect(replies()[1]).toMatchObject({ category: 'error', data: { code: 'request-validation' } });
    expect(calls).toHaveLength(1);
  });

  it('that reads sends no body, whatever its payload', async () => {
    const { calls, run } = createScene();
    await run([sqsRecord({ ...update('003'), action: 'GET' })]);
    expect(calls[0]).not.toHaveProperty('body');
  });
});

describe('a batch', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);

  it('handles each message independently', async () => {
    const respond = ({ body }: Call) =>
      ({ '{"LastName":"bad"}': invalid, '{"LastName":"locked"}': locked })[body ?? ''] ?? created;
    const { deadLetters, replies, run } = createScene({ respond });
    const names = ['good', 'bad', 'locked', 'fine'];
    const records = names.map((name) => sqsRecord(create(name), { messageId: name }));
    expect(await run([...records, sqsRecord('{', { messageId: 'broken' })])).toEqual(['locked']);
    expect(deadLetters.map(({ failure }) => failure?.correlation?.['messageId']).sort()).toEqual([
      'bad',
      'broken',
    ]);
    expect(
      replies()
        .map(({ category }) => category)
        .sort(),
    ).toEqual(['error', 'error', 'success', 'success']);
  });

  it('makes requests for one record in the order they were sent, however the record is written', async () => {
    const ended: string[] = [];
    const respond = async ({ body }: Call): Promise<ApiResponse> => {
      const { LastName } = JSON.parse(body ?? '{}');
      for (let ticks = 10; ticks > Number(LastName); ticks -= 1) await new Promise(setImmediate);
      ended.push(LastName);
      return answer(204, '');
    };
    const { run } = createScene({ respond });
    const records = [
      ['EXT__c/Key', 3],
      ['Ext__c/key', 1],
      ['ext__C/KEY', 2],
      ['003000000000001AAA', 6],
      ['003000000000001', 5],
    ] as const;
    await run(
      records.map(([record, sentAt]) =>
        sqsRecord(update(record, String(sentAt)), { messageId: record, sentAt }),
      ),
    );
    expect(ended.filter((mark) => '123'.includes(mark))).toEqual(['1', '2', '3']);
    expect(ended.filter((mark) => '56'.includes(mark))).toEqual(['5', '6']);
  });

  it('never has two requests for one record in a call, nor more than five calls at the same time', async () => {
    let running = 0;
    let most = 0;
    const respond = async (): Promise<ApiResponse> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      return answer(200, {});
    };
    const { calls, run } = createScene({ respond });
    const records = ids(40).map((messageId, index) =>
      sqsRecord(
        { action: 'HEAD', resource: 'sobjects', object: 'Contact', record: `Ext__c/${index}` },
        { messageId },
      ),
    );
    expect(await run(records)).toEqual([]);
    expect(most).toBe(5);
    const updates = ids(40).map((messageId, index) =>
      sqsRecord(update(`Ext__c/r${index % 10}`), { messageId }),
    );
    calls.length = 0;
    expect(await run(updates)).toEqual([]);
    expect(calls).toHaveLength(4);
    for (const { body } of calls) {
      const keys = JSON.parse(body ?? '{}').records.map(
        (record: Record<string, unknown>) => record['Ext__c'],
      );
      expect(new Set(keys).size).toBe(10);
    }
  });

  it('starts no call that could not finish in time: such messages go back', async () => {
    let remaining = 6_000;
    const respond = (): ApiResponse => {
      remaining -= 1_000;
      return created;
    };
    const { calls, replies, run } = createScene({ respond });
    const records = ids(20).map((messageId) => sqsRecord(update('one'), { messageId }));
    const failed = await run(records, () => remaining);
    expect(calls).toHaveLength(3);
    expect(failed).toEqual(ids(20).slice(3));
    expect(replies()).toHaveLength(3);
  });

  it('logs each outcome under the id of its event', async () => {
    const { log, run } = createScene();
    const type = 'io.triggermesh.salesforce.apicall';
    const event = { id: 'event-1', source: 'shop', 'detail-type': type, detail: create() };
    await run([sqsRecord(event)]);
    expect(log.text()).toContain('"eventId":"event-1"');
  });

  it('writes nothing of payloads and of what Salesforce says about them into its log', async () => {
    const { log, run } = createScene({ respond: () => invalid });
    await run([sqsRecord(create('Confidential'))]);
    expect(log.text()).toContain('STRING_TOO_LONG');
    expect(log.text()).not.toMatch(new RegExp(`Confidential|${SECRET_TEXT}`));
  });

  it.each([
    ['always', ['error', 'success']],
    ['error', ['error']],
    ['errors', ['error']],
    ['never', []],
  ] as const)('with the reply policy %s answers %j', async (replyPolicy, expected) => {
    const respond = ({ body }: Call) => (body?.includes('bad') ? invalid : created);
    const { replies, run } = createScene({ respond, replyPolicy });
    await run(['good', 'bad'].map((name) => sqsRecord(create(name), { messageId: name })));
    expect(
      replies()
        .map(({ category }) => category)
        .sort(),
    ).toEqual(expected);
  });
});
