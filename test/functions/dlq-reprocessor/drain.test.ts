import { describe, expect, it } from 'vitest';
import type { PutEventsEntry } from '../../../functions/common/entry.ts';
import { parseCommand } from '../../../functions/dlq-reprocessor/command.ts';
import { createDrain } from '../../../functions/dlq-reprocessor/drain.ts';
import type { DeadLetter } from '../../../functions/dlq-reprocessor/envelope.ts';
import { createPark } from '../../../functions/dlq-reprocessor/park.ts';
import type { DeadLetterQueue } from '../../../functions/dlq-reprocessor/queue.ts';
import { createRedrive } from '../../../functions/dlq-reprocessor/redrive.ts';
import { memoryBus, memoryLog, memoryMetrics } from '../kit.ts';

const sentAt = new Date();
const policy = {
  maxRedrives: 3,
  backoffSeconds: 60,
  retentionSeconds: 1_209_600,
  retentionMarginSeconds: 86_400,
};
const request = '{"action":"GET","resource":"limits"}';
const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:api-call';
const event =
  '{"id":"e1","source":"shop","detail-type":"Order","detail":{"n":12345678901234567890}}';

let next = 0;
const letter = (body: string, attributes: Record<string, string> = {}): DeadLetter => {
  next += 1;
  return { messageId: `m${next}`, receiptHandle: `r${next}`, body, attributes, sentAt };
};
const ruleAttributes = (
  rule: string,
  target = 'arn:aws:events:us-east-1:000000000000:api-destination/d',
) => ({
  RULE_ARN: `arn:aws:events:us-east-1:000000000000:rule/bus/${rule}`,
  TARGET_ARN: target,
  ERROR_CODE: 'THROTTLING',
});

/** A queue in memory: what is received is hidden until it is removed or shown again. */
function memoryQueue(letters: DeadLetter[]) {
  const visible = [...letters];
  const hidden = new Map<string, DeadLetter>();
  const left = () => [...visible, ...hidden.values()].map(({ messageId }) => messageId);
  const queue: DeadLetterQueue = {
    receive: async (max) => {
      const received = visible.splice(0, Math.min(10, max));
      for (const dead of received) hidden.set(dead.messageId, dead);
      return received;
    },
    remove: async (done) => {
      for (const { messageId } of done) hidden.delete(messageId);
      return new Set(done.map(({ messageId }) => messageId));
    },
    hide: async (dead, seconds) => {
      if (seconds > 0) return;
      hidden.delete(dead.messageId);
      visible.push(dead);
    },
  };
  return { queue, left };
}

interface Failing {
  readonly queue?: boolean;
  readonly bus?: boolean;
  readonly store?: boolean;
}

function scene(failing: Failing = {}, twins: readonly string[] = []) {
  const sent: { body: string; attributes: Readonly<Record<string, string>> }[] = [];
  const put: PutEventsEntry[] = [];
  const stored = new Map<string, string>();
  const bus = memoryBus();
  const remainingMs = () => 60_000;
  const redrive = createRedrive({
    redriveBusName: 'redrive',
    apiCallQueueArn: QUEUE_ARN,
    putEntries: async (entries) => {
      if (!failing.bus) put.push(...entries);
      return entries.map(() => (failing.bus ? { errorCode: 'InternalFailure' } : undefined));
    },
    sendToApiCallQueue: async (body, attributes) => {
      if (failing.queue) throw new Error('SQS is away');
      sent.push({ body, attributes });
    },
    hasTwin: async (name) => twins.includes(name),
    remainingMs,
  });
  const park = createPark({
    store: async (key, body) => {
      if (failing.store) throw new Error('S3 is away');
      stored.set(key, body);
    },
    publish: bus.publish,
    remainingMs,
  });
  const { count } = memoryMetrics();
  const log = memoryLog();
  const drain = createDrain({ redrive, park, policy, log, count, remainingMs });
  const run = (queue: DeadLetterQueue, command: object = {}) =>
    drain('apicall', queue, parseCommand(command));
  return { sent, put, stored, bus, log, run };
}

describe('the reprocessor', () => {
  it('sends a request back to its queue as it was, counted, without the failure it answers', async () => {
    const { queue, left } = memoryQueue([
      letter(request, { Failure: '{"class":"retry-soon"}', Trace: 'kept' }),
    ]);
    const { run, sent } = scene();
    expect(await run(queue)).toMatchObject({ received: 1, results: { redriven: 1 } });
    expect(sent).toMatchObject([{ body: request, attributes: { Trace: 'kept' } }]);
    expect(Object.keys(sent[0]?.attributes ?? {}).sort()).toEqual(['Redrive', 'Trace']);
    expect(JSON.parse(sent[0]?.attributes['Redrive'] ?? '')).toMatchObject({
      count: 1,
      messageId: expect.stringMatching(/^m/),
    });
    expect(left()).toEqual([]);
  });

  it('sends an event back to the one target that failed, its text untouched', async () => {
    const { queue } = memoryQueue([letter(event, ruleAttributes('stack-rule'))]);
    const { put, run } = scene({}, ['stack-rule-redrive']);
    await run(queue);
    expect(put).toMatchObject([
      { EventBusName: 'redrive', Source: 'salesforce-eventbridge.redrive' },
    ]);
    expect(put[0]?.Detail).toContain(`"event":${event}}`);
    expect(JSON.parse(put[0]?.Detail ?? '')).toMatchObject({ rule: 'stack-rule', attempt: 1 });
  });

  it('sends an event for the request queue there, when its rule has no twin', async () => {
    const { queue } = memoryQueue([letter(event, ruleAttributes('stack-apicall', QUEUE_ARN))]);
    const { run, sent } = scene();
    await run(queue);
    expect(sent).toMatchObject([{ body: event }]);
  });

  it('parks an event whose rule has no twin and no queue', async () => {
    const { queue, left } = memoryQueue([letter(event, ruleAttributes('own-rule'))]);
    const { bus, run, stored } = scene();
    expect(await run(queue)).toMatchObject({ byReason: { NO_REDRIVE_RULE: 1 } });
    expect([...stored.keys()][0]).toMatch(/^parked\/NO_REDRIVE_RULE\/\d{4}-\d\d-\d\d\/m\d+\.json$/);
    expect(JSON.parse([...stored.values()][0] ?? '')).toMatchObject({ body: event, eventId: 'e1' });
    expect(bus.entries).toMatchObject([
      { source: 'salesforce-eventbridge', detailType: 'salesforce-eventbridge.parked' },
    ]);
    expect(left()).toEqual([]);
  });

  it('publishes a spilled entry as it was', async () => {
    const entry = {
      EventBusName: 'b',
      Source: 's',
      DetailType: 't',
      Detail: '{ "n": 1.0 }',
      Resources: ['r'],
      Time: '2026-01-02T03:04:05.000Z',
    };
    const { queue } = memoryQueue([
      letter(JSON.stringify(entry), {
        Failure: '{"class":"publish-failed","errorCode":"InternalFailure"}',
      }),
    ]);
    const { put, run } = scene();
    await run(queue);
    expect(put).toEqual([{ ...entry, Time: new Date(entry.Time) }]);
  });

  it("keeps the first message's id through redrives, and the digits of numbers", async () => {
    const wrapped = `{"source":"salesforce-eventbridge.redrive","resources":["arn:aws:events:us-east-1:000000000000:rule/bus/stack-rule"],"detail":{"rule":"stack-rule","target":"t","attempt":1,"event":${event}}}`;
    const twinAttributes = { ...ruleAttributes('stack-rule-redrive') };
    const old = { ...letter(wrapped, twinAttributes), sentAt: new Date(Date.now() - 3_600_000) };
    const again = letter(request, {
      Redrive: '{"count":1,"lastAt":"2026-01-01T00:00:00Z","messageId":"first"}',
    });
    const { queue } = memoryQueue([old, again]);
    const { put, run, sent } = scene({}, ['stack-rule-redrive']);
    await run(queue);
    expect(put[0]?.Detail).toContain(`"attempt":2,"event":${event}}`);
    expect(JSON.parse(sent[0]?.attributes['Redrive'] ?? '')).toMatchObject({
      count: 2,
      messageId: 'first',
    });
  });

  it.each([
    ['the queue', { queue: true }, letter(request)],
    ['the bus', { bus: true }, letter(event, ruleAttributes('stack-rule'))],
    ['the bucket', { store: true }, letter('unknown shape')],
  ])('deletes nothing while %s is away', async (_what, failing, dead) => {
    const { queue, left } = memoryQueue([
      dead,
      letter(request, { Failure: '{"class":"retry-later","notBefore":"2999-01-01T00:00:00Z"}' }),
    ]);
    const { run } = scene(failing, ['stack-rule-redrive']);
    expect((await run(queue)).results.failed).toBeGreaterThan(0);
    expect(left()).toContain(dead.messageId);
  });

  it('previews without moving anything', async () => {
    const { queue, left } = memoryQueue([letter(request), letter('unknown shape')]);
    const { put, run, sent, stored } = scene();
    expect(await run(queue, { action: 'preview' })).toMatchObject({
      results: { redriven: 1, parked: 1 },
    });
    expect([sent, put, [...stored]]).toEqual([[], [], []]);
    expect(left()).toHaveLength(2);
  });

  it('works off more than one batch and stops at its limit', async () => {
    const { queue, left } = memoryQueue(Array.from({ length: 45 }, () => letter(request)));
    const { run } = scene();
    expect((await run(queue, { limit: 13 })).received).toBe(13);
    expect((await run(queue)).received).toBe(32);
    expect(left()).toEqual([]);
  });

  it('leaves no message content in the log', async () => {
    const { queue } = memoryQueue([letter('{"canary":"7f3a"}'), letter('canary 7f3a')]);
    const { log, run } = scene({ queue: true, store: true });
    await run(queue);
    expect(log.text()).not.toContain('7f3a');
  });
});
