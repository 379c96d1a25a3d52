import { describe, expect, it } from 'vitest';
import { failing } from './faults.ts';
import { createScene, DESTINATION_ARN, messageOf, QUEUE_ARN, redriveOf } from './harness.ts';

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
