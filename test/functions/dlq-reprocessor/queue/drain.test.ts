import { describe, expect, it } from 'vitest';
import { createScene, DESTINATION_ARN, type Fate, letterOf, QUEUE_ARN } from '../kit.ts';

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
const failing =
  (...operations: string[]): Fate =>
  (operation) =>
    operations.includes(operation) ? 'before' : 'well';
const redriveOf = (attributes: Readonly<Record<string, string>> = {}) =>
  JSON.parse(attributes['Redrive'] ?? '{}');
const many = (count: number) => Array.from({ length: count }, () => letterOf(request));

describe('a redrive goes to exactly where it failed', () => {
  it('a request to its queue as it was, counted, without the failure it answers', async () => {
    const dead = letterOf(request, { Failure: '{"class":"retry-soon"}', Trace: 'kept' });
    const scene = createScene({ letters: { apicall: [dead] } });
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

  it('an event to the one target that failed, its text untouched', async () => {
    const scene = createScene({
      letters: { rule: [letterOf(event, ruleAttributes('stack-rule'))] },
      twins: ['stack-rule-redrive'],
    });
    await scene.invoke();
    expect(scene.put).toMatchObject([
      { EventBusName: 'redrive', Source: 'salesforce-eventbridge.redrive' },
    ]);
    expect(scene.put[0]?.Detail).toContain(`"event":${event}}`);
    const head = { rule: 'stack-rule', target: DESTINATION_ARN, attempt: 1 };
    expect(JSON.parse(scene.put[0]?.Detail ?? '')).toMatchObject(head);
  });

  it('an event for the request queue there, when its rule has no twin', async () => {
    const dead = letterOf(event, ruleAttributes('stack-apicall', QUEUE_ARN));
    const scene = createScene({ letters: { rule: [dead] } });
    await scene.invoke();
    expect(scene.sent.map(({ body }) => body)).toEqual([event]);
    expect(Object.keys(scene.sent[0]?.attributes ?? {})).toEqual(['Redrive']);
  });

  it('a spilled entry to the bus as it was', async () => {
    const scene = createScene({ letters: { spill: [letterOf(JSON.stringify(entry), refused)] } });
    await scene.invoke();
    expect(scene.put).toEqual([{ ...entry, Time: new Date(entry.Time) }]);
  });

  it("an invocation's record as the request that it was, under the key that it had", async () => {
    const record = `{"version":"1.0","requestContext":{"requestId":"r-1","condition":"RetriesExhausted","approximateInvokeCount":3},"requestPayload":{"action":"POST","resource":"sobjects","payload":{"n":12345678901234567890}},"responsePayload":{"errorType":"Sandbox.Timedout","errorMessage":"timed out"}}`;
    const scene = createScene({ letters: { apicall: [letterOf(record)] } });
    await scene.invoke();
    expect(scene.sent[0]?.body).toBe(
      '{"action":"POST","resource":"sobjects","payload":{"n":12345678901234567890}}',
    );
    expect(redriveOf(scene.sent[0]?.attributes)).toMatchObject({ count: 1, messageId: 'r-1' });
  });

  it("keeps the first message's id through redrives, and the digits of numbers", async () => {
    const wrapped = `{"source":"salesforce-eventbridge.redrive","resources":["arn:aws:events:us-east-1:000000000000:rule/bus/stack-rule"],"detail":{"rule":"stack-rule","target":"t","attempt":1,"event":${event}}}`;
    const hourAgo = new Date(Date.now() - 3_600_000);
    const old = letterOf(wrapped, ruleAttributes('stack-rule-redrive'), { sentAt: hourAgo });
    const again = letterOf(request, {
      Redrive: '{"count":1,"lastAt":"2026-01-01T00:00:00Z","messageId":"first"}',
    });
    const scene = createScene({
      letters: { apicall: [again], rule: [old] },
      twins: ['stack-rule-redrive'],
    });
    await scene.invoke();
    expect(scene.put[0]?.Detail).toContain(`"attempt":2,"event":${event}}`);
    expect(redriveOf(scene.sent[0]?.attributes)).toMatchObject({ count: 2, messageId: 'first' });
  });

  it('makes place among ten attributes, and passes on those that are no text', async () => {
    const ten = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`a${n}`, `${n}`]));
    const typed = { weight: { dataType: 'Number', text: '1' } };
    const scene = createScene({ letters: { apicall: [letterOf(request, ten, { typed })] } });
    await scene.invoke();
    const [message] = scene.sent;
    expect(message?.typed).toEqual(typed);
    expect(Object.keys(message?.attributes ?? {})).toHaveLength(9);
    expect(redriveOf(message?.attributes).attributes).toEqual({ a8: '8' });
  });
});

describe('what cannot go back is parked', () => {
  it.each([
    ['NO_REDRIVE_RULE', letterOf(event, ruleAttributes('own-rule'))],
    ['TOO_LARGE', letterOf(`{"action":"GET","x":"${'x'.repeat(1_048_550)}"}`)],
    ['UNKNOWN_ENVELOPE', letterOf('?')],
  ])('%s', async (reason, dead) => {
    const scene = createScene({ letters: { apicall: [dead] } });
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
    expect(scene.metrics.counted).toEqual(
      expect.arrayContaining(['DlqParked', `DlqParked ${reason}`, 'OldestLetterSeconds apicall']),
    );
  });
});

describe('nothing is deleted before what replaces it is confirmed', () => {
  it.each([
    ['the queue is', 'send', letterOf(request)],
    ['the bus is', 'put', letterOf(event, ruleAttributes('stack-rule'))],
    ['the bucket is', 'store', letterOf('unknown shape')],
    ['whoever hears of it is', 'publish', letterOf('unknown shape')],
    ['the rules are', 'twin', letterOf(event, ruleAttributes('stack-rule'))],
  ])('while %s away', async (_what, operation, dead) => {
    const scene = createScene({
      letters: { apicall: [dead] },
      twins: ['stack-rule-redrive'],
      fate: failing(operation),
    });
    const report = await scene.invoke();
    expect(report.queues?.apicall).toMatchObject({ results: { failed: 1 } });
    expect(scene.queues.apicall.ids()).toEqual([dead.messageId]);
    expect(scene.metrics.counted).toContain('DlqFailed');
  });

  it('and what could not be deleted then is not handed over again', async () => {
    let fails = true;
    const scene = createScene({
      letters: { apicall: many(3) },
      fate: (operation) => (operation === 'remove' && fails ? 'before' : 'well'),
    });
    await scene.invoke();
    expect(scene.queues.apicall.ids()).toHaveLength(3);
    fails = false;
    scene.pass(121_000);
    await scene.invoke();
    expect(scene.queues.apicall.ids()).toEqual([]);
    expect(scene.sent).toHaveLength(3);
  });

  it('and one that is refused does not keep the others', async () => {
    const scene = createScene({
      letters: { apicall: [...many(15), letterOf(event, ruleAttributes('stack-rule'))] },
      twins: ['stack-rule-redrive'],
      fate: failing('put'),
    });
    const report = await scene.invoke();
    expect(report.queues?.apicall?.results).toMatchObject({ redriven: 15, failed: 1 });
  });

  it('and one queue that is away does not keep the others', async () => {
    const scene = createScene({ letters: { spill: [letterOf(JSON.stringify(entry), refused)] } });
    const receive = async () => {
      throw new Error('rule queue is away');
    };
    scene.queues.rule.api = { ...scene.queues.rule.api, receive };
    await expect(scene.invoke()).rejects.toThrow('rule queue is away');
    expect(scene.put).toHaveLength(1);
  });
});

describe('a letter that waits', () => {
  const later = { Failure: '{"class":"retry-later","notBefore":"2999-01-01T00:00:00Z"}' };
  const inAnHour = () => ({
    Failure: JSON.stringify({
      class: 'retry-later',
      notBefore: new Date(Date.now() + 3_600_000).toISOString(),
    }),
  });

  it('is hidden until it is due', async () => {
    const scene = createScene({ letters: { apicall: [letterOf(request, inAnHour())] } });
    expect((await scene.invoke()).queues?.apicall).toMatchObject({ results: { waiting: 1 } });
    scene.pass(3_590_000);
    expect((await scene.invoke()).queues?.apicall?.received).toBe(0);
    scene.pass(20_000);
    expect((await scene.invoke()).queues?.apicall).toMatchObject({ results: { redriven: 1 } });
  });

  it('among a hundred others ends a scheduled run, not a command', async () => {
    const waiting = () => Array.from({ length: 300 }, () => letterOf(request, inAnHour()));
    const scheduled = createScene({ letters: { apicall: waiting() } });
    const report = await scheduled.invoke({ unattended: true });
    expect(report.queues?.apicall).toMatchObject({ stoppedBy: 'waits' });
    expect(report.queues?.apicall?.received).toBeLessThan(150);
    const commanded = createScene({ letters: { apicall: waiting() } });
    expect((await commanded.invoke()).queues?.apicall?.received).toBe(300);
  });

  it('whose time comes after the end of the queue is parked', async () => {
    const scene = createScene({ letters: { apicall: [letterOf(request, later)] } });
    const report = await scene.invoke();
    expect(report.queues?.apicall).toMatchObject({ byReason: { RETENTION_ENDS: 1 } });
  });
});

describe('limits', () => {
  it('works off the queue in slices that the cursor leads through', async () => {
    const scene = createScene({ letters: { apicall: many(45), rule: many(5) } });
    const first = await scene.invoke({ limit: 13 });
    expect(first.queues?.apicall).toMatchObject({ received: 13, stoppedBy: 'limit' });
    expect(first.queues?.rule).toMatchObject({ received: 5, stoppedBy: 'empty' });
    const second = await scene.invoke({ cursor: first.cursor });
    expect(Object.keys(second.queues ?? {})).toEqual(['apicall']);
    expect(second.queues?.apicall).toMatchObject({ received: 32, stoppedBy: 'empty' });
    expect(second.cursor).toBeUndefined();
  });

  it('a scheduled run goes on while there is time, and asks for nothing more', async () => {
    const scene = createScene({ letters: { apicall: many(1200) } });
    const report = await scene.invoke({ unattended: true });
    expect(report.queues?.apicall).toMatchObject({ received: 1200, stoppedBy: 'empty' });
    let left = 60_000;
    const short = createScene({
      letters: { apicall: many(1200) },
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

  it('makes no more than 0.35 calls of SQS for each letter of a full queue', async () => {
    const scene = createScene({ letters: { apicall: many(1000) } });
    await scene.invoke({ unattended: true });
    expect(scene.sqsCalls() / 1000).toBeLessThanOrEqual(0.35);
  });

  it('moves no more at once than the rate allows in a second', async () => {
    const scene = createScene({ letters: { apicall: many(20) }, ratePerSecond: 3 });
    let most = 0;
    const { api } = scene.queues.apicall;
    scene.queues.apicall.api = {
      ...api,
      receive: (max, seconds) => {
        most = Math.max(most, max);
        return api.receive(max, seconds);
      },
    };
    await scene.invoke();
    expect(most).toBe(3);
  });

  it('hands nothing over when the time is nearly up, and loses nothing', async () => {
    const answers = [100_000, 5_000];
    const scene = createScene({
      letters: { apicall: many(5) },
      remainingMs: () => answers.shift() ?? 5_000,
    });
    const report = await scene.invoke({ queue: 'apicall' });
    expect(report.queues?.apicall).toMatchObject({ received: 0, stoppedBy: 'time' });
    expect(scene.sent).toEqual([]);
    scene.pass(121_000);
    expect(await scene.queues.apicall.api.left()).toMatchObject({ visible: 5 });
  });
});

describe('secrecy', () => {
  it('leaves no message content in the log', async () => {
    const quoting = { Failure: '{"class":"retry-soon","errorCode":"E","message":"canary 7f3a"}' };
    const scene = createScene({
      letters: { apicall: [letterOf('{"canary":"7f3a"}', quoting), letterOf('canary 7f3a')] },
      fate: failing('send', 'store'),
    });
    await scene.invoke();
    await scene.invoke({ action: 'preview' });
    expect(scene.log.text()).not.toContain('7f3a');
  });
});
