import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { createBatchHandler } from '../../../functions/salesforce-apicall/batch.ts';
import {
  behindBreaker,
  createBreaker,
} from '../../../functions/salesforce-apicall/circuit-breaker/circuit-breaker.ts';
import { sharedState } from '../../../functions/salesforce-apicall/circuit-breaker/state.ts';
import {
  LoginError,
  SalesforceConfigurationError,
  TransportError,
} from '../../../functions/salesforce-apicall/errors.ts';
import { createGuard } from '../../../functions/salesforce-apicall/idempotency/guard.ts';
import { onceTable } from '../../../functions/salesforce-apicall/idempotency/table.ts';
import type { Confirmed, Successor } from '../../../functions/salesforce-apicall/outcome/queue.ts';
import type { ReplyPolicy } from '../../../functions/salesforce-apicall/outcome/reply.ts';
import type { Answer, Call } from '../../../functions/salesforce-apicall/salesforce/client.ts';
import { memoryBus, memoryLog, memoryMetrics } from '../harness.ts';
import { playCollections } from './collections-kit.ts';
import { memoryDynamo, performAround, sqsRecord } from './kit.ts';

const SECRET_TEXT = 'value of a field';

const create = (LastName = 'N') => ({
  action: 'POST',
  resource: 'sobjects',
  object: 'Contact',
  payload: { LastName },
});
const update = (record: string, LastName = 'N') => ({
  ...create(LastName),
  action: 'PATCH',
  record,
});

const answer = (status: number, body: unknown, headers = {}): Answer => ({ status, body, headers });
const created = answer(201, { id: '003', success: true, errors: [] });
const locked = answer(400, [{ errorCode: 'UNABLE_TO_LOCK_ROW', message: SECRET_TEXT }]);
const invalid = answer(400, [{ errorCode: 'STRING_TOO_LONG', message: SECRET_TEXT }]);
const hourly = answer(400, [{ errorCode: 'LIMIT_EXCEEDED', message: 'hourly limit' }]);
const limited = answer(403, [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests' }]);

interface Scene {
  readonly respond?: (call: Call) => Answer | Promise<Answer>;
  readonly replyPolicy?: ReplyPolicy;
  readonly isDlqAway?: boolean;
}

const all = (records: readonly { readonly record: { readonly messageId: string } }[]): Confirmed =>
  new Set(records.map(({ record }) => record.messageId));

/** A message sent by the function, and what its attributes say. */
interface Sent {
  readonly record: SQSRecord;
  readonly failure?: { readonly notBefore?: string; readonly correlation?: Record<string, string> };
  readonly redrive?: object;
}

const sent = ({ record, attributes, delaySeconds }: Successor): Sent => ({
  record,
  ...(delaySeconds === undefined ? {} : { delaySeconds }),
  ...Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name.toLowerCase(), JSON.parse(value)]),
  ),
});

/** The whole function between its queue and Salesforce. */
function scene({ respond = () => created, replyPolicy = 'always', isDlqAway }: Scene = {}) {
  const calls: Call[] = [];
  const clock = { now: Date.now() };
  const delays: { id: string; delaySeconds: number }[] = [];
  const letters: Sent[] = [];
  const renewed: Sent[] = [];
  const bus = memoryBus();
  const log = memoryLog();
  const metrics = memoryMetrics();
  const { client, items } = memoryDynamo();
  const table = onceTable({
    tableName: 'once',
    retentionDays: 30,
    inProgressMs: 60_000,
    owner: 'this process',
    client,
  });
  const answerCall = playCollections(respond);
  const perform = performAround({
    call: async (call) => {
      calls.push(call);
      return answerCall(call);
    },
    guard: createGuard(table, () => undefined),
    allowed: { resources: new Set(['sobjects']), objects: undefined, actions: undefined },
    holdBack: ({ priority }) => (priority === 'low' ? 900 : undefined),
  });
  const state = sharedState({ client, tableName: 'once', now: () => clock.now });
  const breaker = createBreaker({
    state,
    log,
    count: metrics.count,
    now: () => new Date(clock.now),
  });
  const handle = createBatchHandler({
    perform: behindBreaker(perform, breaker),
    countAttempt: state.countAttempt,
    publish: bus.publish,
    replyPolicy,
    replySource: 'salesforcetarget',
    log,
    count: metrics.count,
    maxAttempts: 3,
    maxReceives: 9,
    queue: {
      delay: async (some) => {
        for (const { record, seconds } of some)
          delays.push({ id: record.messageId, delaySeconds: seconds });
        return all(some);
      },
      deadLetter: async (some) => {
        if (isDlqAway) return new Set();
        letters.push(...some.map(sent));
        return all(some);
      },
      renew: async (some) => {
        renewed.push(...some.map(sent));
        return all(some);
      },
    },
  });
  const run = async (records: Parameters<typeof handle>[0], remainingMs = () => 50_000) => {
    const { batchItemFailures } = await handle(records, remainingMs);
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  };
  const replies = () => bus.entries.map(({ detail }) => JSON.parse(detail));
  const counted = metrics.counted;
  return {
    calls,
    clock,
    counted,
    delays,
    items,
    letters,
    log,
    renewed,
    replies,
    run,
    entries: bus.entries,
  };
}

describe('a message', () => {
  it('that succeeds is done and answered with what Salesforce said', async () => {
    const { calls, counted, entries, replies, run } = scene();
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

  it('that may succeed later goes back, delayed, and is not answered', async () => {
    const { delays, letters, replies, run } = scene({ respond: () => locked });
    expect(await run([sqsRecord(create())])).toEqual(['message-1']);
    expect(delays).toEqual([{ id: 'message-1', delaySeconds: 1 }]);
    expect([letters, replies()]).toEqual([[], []]);
  });

  it('waits as long as the server asks', async () => {
    const { delays, run } = scene({ respond: () => answer(503, '', { 'retry-after': '90' }) });
    await run([sqsRecord(create())]);
    expect(delays).toEqual([{ id: 'message-1', delaySeconds: 90 }]);
  });

  it('that fails for the last time is dead-lettered, done and answered', async () => {
    const { counted, letters, replies, run } = scene({ respond: () => locked });
    for (const receiveCount of [1, 5]) await run([sqsRecord(create(), { receiveCount })]);
    expect(letters).toEqual([]);
    expect(await run([sqsRecord(create(), { receiveCount: 6 })])).toEqual([]);
    expect(letters).toMatchObject([{ failure: { attempts: 3, class: 'retry-soon' } }]);
    expect(replies()).toMatchObject([
      {
        category: 'error',
        data: {
          code: 'adapter-process',
          details: {
            status: 400,
            errorCode: 'UNABLE_TO_LOCK_ROW',
            retryable: true,
            errors: [{ errorCode: 'UNABLE_TO_LOCK_ROW', message: SECRET_TEXT }],
          },
        },
      },
    ]);
    expect(counted).toContain('ApiCallDeadLettered retry-soon');
  });

  it('that can never succeed is dead-lettered the first time', async () => {
    const { delays, letters, replies, run } = scene({ respond: () => invalid });
    expect(await run([sqsRecord(create())])).toEqual([]);
    expect(delays).toEqual([]);
    expect(letters).toMatchObject([
      {
        failure: {
          class: 'permanent-data',
          errorCode: 'STRING_TOO_LONG',
          attempts: 1,
          correlation: { processedid: 'message-1', replyid: replies()[0].id },
        },
      },
    ]);
  });

  it('that met the hourly limit of its kind too often is dead-lettered with a time before which it is no use', async () => {
    const { letters, run } = scene({ respond: () => hourly });
    for (let attempt = 1; attempt <= 3; attempt += 1) await run([sqsRecord(create())]);
    expect(letters).toMatchObject([{ failure: { class: 'retry-later', attempts: 3 } }]);
    const [{ failure: { notBefore = '' } = {} } = {}] = letters;
    expect(new Date(notBefore).getTime()).toBeGreaterThan(Date.now());
  });

  it('whose outcome is unknown is dead-lettered with what a person settles it by', async () => {
    const respond = (): never => {
      throw new TransportError('ECONNRESET', true);
    };
    const { items, letters, run } = scene({ respond });
    await run([sqsRecord(create())]);
    const [{ failure: { correlation = {} } = {} } = {}] = letters;
    const record = items.get(correlation['effectId'] ?? '');
    expect(record?.['payloadHash']?.S).toBe(correlation['payloadHash']);
  });

  it('stays in the queue when the dead-letter queue does not take it, unanswered', async () => {
    const { replies, run } = scene({ respond: () => invalid, isDlqAway: true });
    expect(await run([sqsRecord(create())])).toEqual(['message-1']);
    expect(replies()).toEqual([]);
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
  ])('that is %s is kept and answered without a call', async (_what, body, code) => {
    const { calls, letters, replies, run } = scene();
    expect(await run([sqsRecord(body)])).toEqual([]);
    expect(replies()).toMatchObject([{ category: 'error', data: { code } }]);
    expect(letters).toMatchObject([{ failure: { class: 'permanent-data', attempts: 1 } }]);
    expect(calls).toEqual([]);
  });

  it('that uses a key again for another payload is refused as a wrong request', async () => {
    const { calls, replies, run } = scene();
    const keyed = (LastName: string) => ({ ...create(LastName), idempotencyKey: 'k' });
    await run([sqsRecord(keyed('N'))]);
    await run([sqsRecord(keyed('M'), { messageId: 'message-2' })]);
    expect(replies()[1]).toMatchObject({ category: 'error', data: { code: 'request-validation' } });
    expect(calls).toHaveLength(1);
  });

  it('that is delivered again is answered again, by one call', async () => {
    const { calls, replies, run } = scene();
    await run([sqsRecord(create())]);
    await run([sqsRecord(create(), { receiveCount: 2 })]);
    expect(calls).toHaveLength(1);
    const [first, second] = replies();
    expect(second).toMatchObject({ category: 'success', data: first.data });
    expect(second.id).not.toBe(first.id);
  });

  describe('that deletes what is gone', () => {
    const deletion = { action: 'DELETE', resource: 'sobjects', object: 'Contact', record: '003' };
    const gone = (errorCode: string, message: string) => ({
      respond: () => answer(404, [{ errorCode, message }]),
    });
    const redriven = {
      messageAttributes: { Redrive: { dataType: 'String', stringValue: '{"count":1}' } },
    };

    it.each([
      ['ENTITY_IS_DELETED', { receiveCount: 2 }],
      ['NOT_FOUND', redriven],
    ])('is done if it may have been done before (%s)', async (errorCode, delivery) => {
      const { letters, replies, run } = scene(gone(errorCode, 'entity is deleted'));
      expect(await run([sqsRecord(deletion, delivery)])).toEqual([]);
      expect(replies()).toMatchObject([{ category: 'success', data: {} }]);
      expect(letters).toEqual([]);
    });

    it.each([
      ['for the first time', 'ENTITY_IS_DELETED', 'entity is deleted', {}],
      [
        'by a field that is none',
        'NOT_FOUND',
        'Provided external ID field does not exist or is not accessible: Key__c',
        { receiveCount: 2 },
      ],
    ])('is refused %s', async (_what, errorCode, message, delivery) => {
      const { letters, run } = scene(gone(errorCode, message));
      await run([sqsRecord(deletion, delivery)]);
      expect(letters).toMatchObject([{ failure: { class: 'permanent-data', errorCode } }]);
    });
  });

  it('that reads sends no body, whatever its payload', async () => {
    const { calls, run } = scene();
    await run([sqsRecord({ ...update('003'), action: 'GET' })]);
    expect(calls[0]).not.toHaveProperty('body');
  });
});

describe('a batch', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);

  it('settles each message on its own', async () => {
    const respond = ({ body }: Call) =>
      ({ '{"LastName":"bad"}': invalid, '{"LastName":"locked"}': locked })[body ?? ''] ?? created;
    const { letters, replies, run } = scene({ respond });
    const names = ['good', 'bad', 'locked', 'fine'];
    const records = names.map((name) => sqsRecord(create(name), { messageId: name }));
    expect(await run([...records, sqsRecord('{', { messageId: 'broken' })])).toEqual(['locked']);
    expect(letters.map(({ record }) => record.messageId).sort()).toEqual(['bad', 'broken']);
    expect(
      replies()
        .map(({ category }) => category)
        .sort(),
    ).toEqual(['error', 'error', 'success', 'success']);
  });

  it('runs requests on one record in the order they were sent, however the record is written', async () => {
    const ended: string[] = [];
    const respond = async ({ body }: Call): Promise<Answer> => {
      const { LastName } = JSON.parse(body ?? '{}');
      for (let ticks = 10; ticks > Number(LastName); ticks -= 1) await new Promise(setImmediate);
      ended.push(LastName);
      return answer(204, '');
    };
    const { run } = scene({ respond });
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

  it('never has two requests on one record in a call, nor more than five calls at the same time', async () => {
    let running = 0;
    let most = 0;
    const respond = async (): Promise<Answer> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      return answer(200, {});
    };
    const { calls, run } = scene({ respond });
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

  it('starts no call that could not end in time: such messages go back', async () => {
    let remaining = 5_000;
    const respond = (): Answer => {
      remaining -= 1_000;
      return created;
    };
    const { calls, replies, run } = scene({ respond });
    const records = ids(20).map((messageId) => sqsRecord(update('one'), { messageId }));
    const failed = await run(records, () => remaining);
    expect(calls).toHaveLength(3);
    expect(failed).toEqual(ids(20).slice(3));
    expect(replies()).toHaveLength(3);
  });

  it('logs each outcome under the id of its event', async () => {
    const { log, run } = scene();
    const type = 'io.triggermesh.salesforce.apicall';
    const event = { id: 'event-1', source: 'shop', 'detail-type': type, detail: create() };
    await run([sqsRecord(event)]);
    expect(log.text()).toContain('"eventId":"event-1"');
  });

  it('writes nothing of payloads and of what Salesforce says about them into its log', async () => {
    const { log, run } = scene({ respond: () => invalid });
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
    const { replies, run } = scene({ respond, replyPolicy });
    await run(['good', 'bad'].map((name) => sqsRecord(create(name), { messageId: name })));
    expect(
      replies()
        .map(({ category }) => category)
        .sort(),
    ).toEqual(expected);
  });
});

describe('the breaker', () => {
  const login = new LoginError('invalid_grant', 400, 'user is inactive');
  const record = (messageId: string) => sqsRecord(create(messageId), { messageId });

  it('opens at the daily limit: then messages wait without a call and without an attempt', async () => {
    const { calls, clock, counted, delays, letters, run } = scene({ respond: () => limited });
    await run([record('first')]);
    expect(counted).toContain('BreakerOpened limit');
    for (let round = 0; round < 9; round += 1)
      expect(await run([record('second')])).toEqual(['second']);
    expect(calls).toHaveLength(1);
    expect(delays.at(-1)?.delaySeconds).toBeGreaterThan(250);
    clock.now += 300_001;
    expect(await run([record('second')])).toEqual(['second']);
    expect(calls).toHaveLength(2);
    expect(letters).toEqual([]);
  });

  it('opens for longer each time, and closes with the first success', async () => {
    let isLimited = true;
    const { calls, clock, run } = scene({ respond: () => (isLimited ? limited : created) });
    await run([record('a')]);
    clock.now += 300_001;
    await run([record('b')]);
    clock.now += 300_001;
    expect(await run([record('c')])).toEqual(['c']);
    expect(calls).toHaveLength(2);
    clock.now += 300_001;
    isLimited = false;
    expect(await run([record('c')])).toEqual([]);
    isLimited = true;
    await run([record('d')]);
    clock.now += 300_001;
    expect(await run([record('e')])).toEqual(['e']);
    expect(calls).toHaveLength(5);
  });

  it('opens when the login is refused, after one call, however many there are to make', async () => {
    const respond = (): never => {
      throw login;
    };
    const { calls, delays, letters, log, run } = scene({ respond });
    const heads = Array.from({ length: 40 }, (_, index) =>
      sqsRecord(
        { action: 'HEAD', resource: 'sobjects', object: 'Contact', record: `E__c/${index}` },
        { messageId: `m${index}` },
      ),
    );
    await run(heads);
    expect(calls.length).toBeLessThanOrEqual(5);
    expect(log.text()).toContain('invalid_grant');
    const before = calls.length;
    await run([record('later')]);
    expect(calls).toHaveLength(before);
    // Neither those that met it nor those behind them are lost to the dead-letter queue.
    expect(letters).toEqual([]);
    expect(delays.map(({ id }) => id)).toEqual([
      ...heads.map(({ messageId }) => messageId),
      'later',
    ]);
    expect(Math.min(...delays.map(({ delaySeconds }) => delaySeconds))).toBeGreaterThanOrEqual(59);
  });

  it('opens when the credentials cannot be used, so that requests wait for a person', async () => {
    const respond = (): never => {
      throw new SalesforceConfigurationError('The Salesforce secret has no value yet');
    };
    const { letters, run } = scene({ respond });
    expect(await run([record('early')])).toEqual(['early']);
    expect(letters).toEqual([]);
  });

  it('lets what nobody can make sense of go on to its end', async () => {
    const { letters, run } = scene({ respond: () => limited });
    await run([record('first')]);
    expect(await run([sqsRecord('{', { messageId: 'broken' })])).toEqual([]);
    expect(letters).toMatchObject([{ record: { messageId: 'broken' } }]);
  });

  it.each([
    ['one record', invalid],
    ['one kind of call', hourly],
  ])('does not open for what concerns %s', async (_what, response) => {
    const { calls, run } = scene({ respond: () => response });
    await run([record('a')]);
    await run([record('b')]);
    expect(calls).toHaveLength(2);
  });

  it('does not open for the hourly limit of platform events', async () => {
    const over = answer(400, [{ errorCode: 'LIMIT_EXCEEDED', message: 'event publishing limit' }]);
    const { calls, delays, run } = scene({ respond: () => over });
    await run([record('a')]);
    await run([record('b')]);
    expect(calls).toHaveLength(2);
    expect(delays.every(({ delaySeconds }) => delaySeconds >= 150)).toBe(true);
  });
});

describe('a message that the queue would soon give up', () => {
  const low = { ...create(), priority: 'low' };
  const worn = { messageId: 'first', receiveCount: 8, sentAt: 5_000 };
  const again = (attributes: object, messageId: string) =>
    sqsRecord(create(), {
      ...worn,
      messageId,
      messageAttributes: {
        Redrive: { dataType: 'String', stringValue: JSON.stringify(attributes) },
      },
    });

  it('goes back as a new one while it only waits', async () => {
    const { delays, letters, renewed, run } = scene();
    expect(await run([sqsRecord(low, { ...worn, receiveCount: 7 })])).toEqual(['first']);
    expect(renewed).toEqual([]);
    expect(await run([sqsRecord(low, worn)])).toEqual([]);
    expect(renewed).toMatchObject([
      {
        redrive: {
          messageId: 'first',
          attemptsOf: 'first',
          firstAt: '1970-01-01T00:00:05.000Z',
        },
      },
    ]);
    expect([delays.length, letters]).toEqual([1, []]);
  });

  it('is the same effect, and goes on counting its attempts', async () => {
    const responses = [locked, locked, created];
    const { calls, letters, replies, renewed, run } = scene({
      respond: () => responses.shift() ?? invalid,
    });
    expect(await run([sqsRecord(create(), worn)])).toEqual([]);
    expect(await run([again(renewed[0]?.redrive ?? {}, 'second')])).toEqual([]);
    expect(renewed[1]?.redrive).toMatchObject({ messageId: 'first', attemptsOf: 'first' });
    // Both are there when SQS did not learn that the first was done.
    await run([again(renewed[1]?.redrive ?? {}, 'third'), sqsRecord(create(), worn)]);
    expect(calls).toHaveLength(3);
    expect(replies().map(({ category }) => category)).toEqual(['success', 'success']);
    expect(letters).toEqual([]);
  });

  it('begins its attempts anew after a redrive', async () => {
    const { letters, run } = scene({ respond: () => locked });
    for (const messageId of ['first', 'first']) await run([sqsRecord(create(), { messageId })]);
    await run([again({ count: 1, messageId: 'first' }, 'redriven')]);
    expect(letters).toEqual([]);
    await run([sqsRecord(create(), { messageId: 'first' })]);
    expect(letters).toMatchObject([{ failure: { attempts: 3 } }]);
  });
});

describe('a request of low priority', () => {
  it('waits while it is held back, without an attempt', async () => {
    const { calls, delays, letters, run } = scene();
    const low = { ...create(), priority: 'low' };
    for (let round = 0; round < 5; round += 1)
      expect(await run([sqsRecord(low)])).toEqual(['message-1']);
    expect([calls, letters]).toEqual([[], []]);
    expect(delays[0]?.delaySeconds).toBeGreaterThanOrEqual(900);
  });
});
