import { describe, expect, it } from 'vitest';
import { failing } from './faults.ts';
import { createScene, DESTINATION_ARN, messageOf, QUEUE_ARN } from './harness.ts';

const request = '{"action":"GET","resource":"limits"}';
const event =
  '{"id":"e1","source":"shop","detail-type":"Order","detail":{"n":12345678901234567890}}';
const entry = {
  EventBusName: 'b',
  Source: 's',
  DetailType: 't',
  Detail: '{ "n": 1.0 }',
  Resources: ['r'],
  Time: '2026-01-02T03:04:05.000Z',
};
const refused = { Failure: '{"class":"publish-failed","errorCode":"InternalFailure"}' };

const ruleAttributes = (rule: string, target = DESTINATION_ARN) => ({
  RULE_ARN: `arn:aws:events:us-east-1:000000000000:rule/bus/${rule}`,
  TARGET_ARN: target,
  ERROR_CODE: 'THROTTLING',
});
const redriveOf = (attributes: Readonly<Record<string, string>> = {}) =>
  JSON.parse(attributes['Redrive'] ?? '{}');
const many = (count: number) => Array.from({ length: count }, () => messageOf(request));

describe('a redrive sends a message to the exact place where it failed', () => {
  it('a request to its queue unchanged, with its redrives counted and without `Failure`', async () => {
    const dead = messageOf(request, { Failure: '{"class":"retry-soon"}', Trace: 'kept' });
    const scene = createScene({ messages: { apicall: [dead] } });
    expect((await scene.invoke()).queues?.apicall).toMatchObject({
      received: 1,
      results: { redriven: 1 },
      stoppedBy: 'empty',
    });
    expect(scene.sent).toMatchObject([{ body: request, attributes: { Trace: 'kept' } }]);
    expect(Object.keys(scene.sent[0]?.attributes ?? {}).sort()).toEqual(['Redrive', 'Trace']);
    expect(redriveOf(scene.sent[0]?.attributes)).toMatchObject({
      count: 1,
      messageId: dead.messageId,
    });
    expect(scene.queues.apicall.ids()).toEqual([]);
  });

  it('an event through its redrive rule to the one target that failed, its text unchanged', async () => {
    const scene = createScene({
      messages: { rule: [messageOf(event, ruleAttributes('stack-rule'))] },
      redriveRules: ['stack-rule-redrive'],
    });
    await scene.invoke();
    expect(scene.put).toMatchObject([
      { EventBusName: 'redrive', Source: 'salesforce-eventbridge.redrive' },
    ]);
    expect(scene.put[0]?.Detail).toContain(`"event":${event}}`);
    const head = { rule: 'stack-rule', target: DESTINATION_ARN, attempt: 1 };
    expect(JSON.parse(scene.put[0]?.Detail ?? '')).toMatchObject(head);
  });

  it('an event for ApiCallQueue to that queue, when its rule has no redrive rule', async () => {
    const dead = messageOf(event, ruleAttributes('stack-apicall', QUEUE_ARN));
    const scene = createScene({ messages: { rule: [dead] } });
    await scene.invoke();
    expect(scene.sent.map(({ body }) => body)).toEqual([event]);
    expect(Object.keys(scene.sent[0]?.attributes ?? {})).toEqual(['Redrive']);
  });

  it('a spilled entry to the bus unchanged', async () => {
    const scene = createScene({ messages: { spill: [messageOf(JSON.stringify(entry), refused)] } });
    await scene.invoke();
    expect(scene.put).toEqual([{ ...entry, Time: new Date(entry.Time) }]);
  });

  it("the request in an invocation record of Lambda, with the invocation's id as its key", async () => {
    const record = `{"version":"1.0","requestContext":{"requestId":"r-1","condition":"RetriesExhausted","approximateInvokeCount":3},"requestPayload":{"action":"POST","resource":"sobjects","payload":{"n":12345678901234567890}},"responsePayload":{"errorType":"Sandbox.Timedout","errorMessage":"timed out"}}`;
    const scene = createScene({ messages: { apicall: [messageOf(record)] } });
    await scene.invoke();
    expect(scene.sent[0]?.body).toBe(
      '{"action":"POST","resource":"sobjects","payload":{"n":12345678901234567890}}',
    );
    expect(redriveOf(scene.sent[0]?.attributes)).toMatchObject({ count: 1, messageId: 'r-1' });
  });

  it("keeps the first message's id through redrives, and the digits of numbers", async () => {
    const wrapped = `{"source":"salesforce-eventbridge.redrive","resources":["arn:aws:events:us-east-1:000000000000:rule/bus/stack-rule"],"detail":{"rule":"stack-rule","target":"t","attempt":1,"event":${event}}}`;
    const hourAgo = new Date(Date.now() - 3_600_000);
    const RULE_ARN = 'arn:aws:events:us-east-1:000000000000:rule/redrive/stack-rule-redrive';
    const attributes = { ...ruleAttributes('stack-rule'), RULE_ARN };
    const old = messageOf(wrapped, attributes, { sentAt: hourAgo });
    const again = messageOf(request, {
      Redrive: '{"count":1,"lastAt":"2026-01-01T00:00:00Z","messageId":"first"}',
    });
    const scene = createScene({
      messages: { apicall: [again], rule: [old] },
      redriveRules: ['stack-rule-redrive'],
    });
    await scene.invoke();
    expect(scene.put[0]?.Detail).toContain(`"attempt":2,"event":${event}}`);
    expect(redriveOf(scene.sent[0]?.attributes)).toMatchObject({ count: 2, messageId: 'first' });
  });

  it('names the mapping that failed, also when it failed before', async () => {
    const Failure = '{"class":"retry-soon","correlation":{"mapping":"orders"}}';
    const Redrive = '{"count":1,"messageId":"first","mapping":"orders"}';
    const messages = { apicall: [messageOf(event, { Failure }), messageOf(event, { Redrive })] };
    const scene = createScene({ messages });
    await scene.invoke();
    expect(scene.sent.map(({ attributes }) => redriveOf(attributes).mapping)).toEqual([
      'orders',
      'orders',
    ]);
    const lines = scene.log.lines.filter(
      ([message]) => message === 'dead-letter message processed',
    );
    expect(lines.map(([, fields]) => fields['mapping'])).toEqual(['orders', 'orders']);
  });

  it('folds the tenth attribute, and passes on attributes of other types', async () => {
    const ten = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`a${n}`, `${n}`]));
    const weight = { DataType: 'Number', StringValue: '1' };
    const dead = messageOf(request, ten, { attributes: { weight } });
    const scene = createScene({ messages: { apicall: [dead] } });
    await scene.invoke();
    const [message] = scene.sent;
    expect(message?.all).toMatchObject({ weight });
    expect(Object.keys(message?.all ?? {})).toHaveLength(10);
    expect(Object.keys(message?.attributes ?? {})).toHaveLength(9);
    expect(redriveOf(message?.attributes).attributes).toEqual({ a8: '8' });
  });
});

describe('parks a message that cannot be redriven', () => {
  it.each([
    ['NO_REDRIVE_RULE', messageOf(event, ruleAttributes('own-rule'))],
    ['TOO_LARGE', messageOf(`{"action":"GET","x":"${'x'.repeat(1_048_550)}"}`)],
    ['UNKNOWN_ENVELOPE', messageOf('?')],
  ])('%s', async (reason, dead) => {
    const scene = createScene({ messages: { apicall: [dead] } });
    const report = await scene.invoke();
    expect(report.queues?.apicall).toMatchObject({
      byReason: { [reason]: 1 },
      results: { parked: 1 },
    });
    const [key = '', text = ''] = [...scene.stored][0] ?? [];
    expect(key).toMatch(
      new RegExp(`^parked/${reason}/\\d{4}-\\d\\d-\\d\\d/${dead.messageId}.json$`),
    );
    expect(JSON.parse(text)).toMatchObject({ reason, body: dead.body, queue: 'apicall' });
    expect(scene.announced).toMatchObject([
      { source: 'salesforce-eventbridge', detailType: 'salesforce-eventbridge.parked' },
    ]);
    expect(scene.queues.apicall.ids()).toEqual([]);
    expect(scene.log.counted).toEqual(
      expect.arrayContaining([
        'DlqActionRequired',
        `DlqParked ${reason}`,
        'OldestLetterSeconds apicall',
      ]),
    );
  });
});

describe('deletes a message only after its redrive or parking is confirmed', () => {
  it.each([
    ['the queue is', 'send', messageOf(request)],
    ['the bus is', 'put', messageOf(event, ruleAttributes('stack-rule'))],
    ['the bucket is', 'store', messageOf('unknown shape')],
    ['the bus for announcements is', 'publish', messageOf('unknown shape')],
    ['the look-up of rules is', 'rule', messageOf(event, ruleAttributes('stack-rule'))],
  ])('keeps it while %s unavailable', async (_what, operation, dead) => {
    const scene = createScene({
      messages: { apicall: [dead] },
      redriveRules: ['stack-rule-redrive'],
      faults: failing(operation),
    });
    const report = await scene.invoke();
    expect(report.queues?.apicall).toMatchObject({ results: { failed: 1 } });
    expect(scene.queues.apicall.ids()).toEqual([dead.messageId]);
    expect(scene.log.counted).toEqual(expect.arrayContaining(['DlqFailed', 'DeliveryFailed']));
  });

  it('only deletes a message that it has already redriven, if its deletion failed', async () => {
    let fails = true;
    const scene = createScene({
      messages: { apicall: many(3) },
      faults: (operation) => (operation === 'remove' && fails ? 'before' : 'none'),
    });
    await scene.invoke();
    expect(scene.queues.apicall.ids()).toHaveLength(3);
    fails = false;
    scene.pass(121_000);
    await scene.invoke();
    expect(scene.queues.apicall.ids()).toEqual([]);
    expect(scene.sent).toHaveLength(3);
  });

  it('redrives the others when one is not accepted', async () => {
    const scene = createScene({
      messages: { apicall: [...many(15), messageOf(event, ruleAttributes('stack-rule'))] },
      redriveRules: ['stack-rule-redrive'],
      faults: failing('put'),
    });
    const report = await scene.invoke();
    expect(report.queues?.apicall?.results).toMatchObject({ redriven: 15, failed: 1 });
  });

  it('reprocesses the other queues when one is unavailable', async () => {
    const scene = createScene({ messages: { spill: [messageOf(JSON.stringify(entry), refused)] } });
    scene.queues.rule.onReceive = () => {
      throw new Error('rule queue is unavailable');
    };
    await expect(scene.invoke()).rejects.toThrow('rule queue is unavailable');
    expect(scene.put).toHaveLength(1);
  });
});

describe('a message that waits', () => {
  const later = { Failure: '{"class":"retry-later","notBefore":"2999-01-01T00:00:00Z"}' };
  const inAnHour = () => ({
    Failure: JSON.stringify({
      class: 'retry-later',
      notBefore: new Date(Date.now() + 3_600_000).toISOString(),
    }),
  });

  it('is hidden until it is due', async () => {
    const scene = createScene({ messages: { apicall: [messageOf(request, inAnHour())] } });
    expect((await scene.invoke()).queues?.apicall).toMatchObject({ results: { waiting: 1 } });
    scene.pass(3_590_000);
    expect((await scene.invoke()).queues?.apicall?.received).toBe(0);
    scene.pass(20_000);
    expect((await scene.invoke()).queues?.apicall).toMatchObject({ results: { redriven: 1 } });
  });

  it('ends a scheduled run after a hundred others that wait, but not a command', async () => {
    const waiting = () => Array.from({ length: 300 }, () => messageOf(request, inAnHour()));
    const scheduled = createScene({ messages: { apicall: waiting() } });
    const report = await scheduled.invoke({ unattended: true });
    expect(report.queues?.apicall).toMatchObject({ stoppedBy: 'waits' });
    expect(report.queues?.apicall?.received).toBeLessThan(150);
    const commanded = createScene({ messages: { apicall: waiting() } });
    expect((await commanded.invoke()).queues?.apicall?.received).toBe(300);
  });

  it('is parked when it would expire first', async () => {
    const scene = createScene({ messages: { apicall: [messageOf(request, later)] } });
    const report = await scene.invoke();
    expect(report.queues?.apicall).toMatchObject({ byReason: { RETENTION_ENDS: 1 } });
  });
});

describe('limits', () => {
  it('continues with the cursor after an invocation that reached its limit', async () => {
    const scene = createScene({ messages: { apicall: many(45), rule: many(5) } });
    const first = await scene.invoke({ limit: 13 });
    expect(first.queues?.apicall).toMatchObject({ received: 13, stoppedBy: 'limit' });
    expect(first.queues?.rule).toMatchObject({ received: 5, stoppedBy: 'empty' });
    const second = await scene.invoke({ cursor: first.cursor });
    expect(Object.keys(second.queues ?? {})).toEqual(['apicall']);
    expect(second.queues?.apicall).toMatchObject({ received: 32, stoppedBy: 'empty' });
    expect(second.cursor).toBeUndefined();
  });

  it('a scheduled run continues while there is time, and returns no cursor', async () => {
    const scene = createScene({ messages: { apicall: many(1200) } });
    const report = await scene.invoke({ unattended: true });
    expect(report.queues?.apicall).toMatchObject({ received: 1200, stoppedBy: 'empty' });
    let left = 60_000;
    const short = createScene({
      messages: { apicall: many(1200) },
      remainingMs: () => {
        left -= 2_000;
        return left;
      },
    });
    const cut = await short.invoke({ unattended: true });
    expect(cut.queues?.apicall?.stoppedBy).toBe('time');
    expect(cut.cursor).toBeUndefined();
    expect(short.queues.apicall.ids().length + short.sent.length).toBe(1200);
  });

  it('makes at most 0.35 SQS calls for each message of a full queue', async () => {
    const scene = createScene({ messages: { apicall: many(1000) } });
    await scene.invoke({ unattended: true });
    expect(scene.sqsCalls() / 1000).toBeLessThanOrEqual(0.35);
  });

  it('receives no more at once than the rate allows in a second', async () => {
    const scene = createScene({ messages: { apicall: many(20) }, ratePerSecond: 3 });
    let most = 0;
    scene.queues.apicall.onReceive = (max) => {
      most = Math.max(most, max);
      return undefined;
    };
    await scene.invoke();
    expect(most).toBe(3);
  });

  it('moves nothing when little time is left, and loses nothing', async () => {
    const answers = [100_000, 5_000];
    const scene = createScene({
      messages: { apicall: many(5) },
      remainingMs: () => answers.shift() ?? 5_000,
    });
    const report = await scene.invoke({ queue: 'apicall' });
    expect(report.queues?.apicall).toMatchObject({ received: 0, stoppedBy: 'time' });
    expect(scene.sent).toEqual([]);
    scene.pass(121_000);
    expect(scene.queues.apicall.counts()).toMatchObject({ visible: 5 });
  });
});

describe('secrecy', () => {
  it('writes no message content to the log', async () => {
    const quoting = { Failure: '{"class":"retry-soon","errorCode":"E","message":"canary 7f3a"}' };
    const scene = createScene({
      messages: { apicall: [messageOf('{"canary":"7f3a"}', quoting), messageOf('canary 7f3a')] },
      faults: failing('send', 'store'),
    });
    await scene.invoke();
    await scene.invoke({ action: 'preview' });
    expect(scene.log.text()).not.toContain('7f3a');
  });
});
