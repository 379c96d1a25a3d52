import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type QueueName,
  queueNames,
} from '../../../functions/dlq-reprocessor/dead-letter/message.ts';
import type { Fault, Faults } from './faults.ts';
import { config, createScene, DESTINATION_ARN, messageOf, QUEUE_ARN } from './harness.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Each body contains a unique text, by which it is found in queues, bus and bucket. */
type Make = (mark: string) => { body: string; attributes: Record<string, string> };

const failure = (name: string, more: object = {}) => ({
  Failure: JSON.stringify({ class: name, errorCode: 'E', ...more }),
});
const request = (mark: string) => JSON.stringify({ action: 'POST', resource: 'sobjects', mark });
const event = (mark: string) => JSON.stringify({ id: mark, source: 's', 'detail-type': 't' });
const rule = (name: string, target: string, code: string, bus = 'bus') => ({
  RULE_ARN: `arn:aws:events:us-east-1:000000000000:rule/${bus}/${name}`,
  TARGET_ARN: target,
  ERROR_CODE: code,
});
const entry = (mark: string) =>
  JSON.stringify({
    EventBusName: 'b',
    Source: 's',
    DetailType: 't',
    Detail: JSON.stringify({ mark }),
    Resources: [],
    Time: '2026-01-02T03:04:05.000Z',
  });
const wrapped = (mark: string, attempt: number) =>
  JSON.stringify({
    source: 'salesforce-eventbridge.redrive',
    resources: ['arn:aws:events:us-east-1:000000000000:rule/bus/covered'],
    detail: { rule: 'covered', attempt, event: { id: mark } },
  });
const redriven = (count: number, ago: number) => ({
  Redrive: JSON.stringify({ count, lastAt: new Date(Date.now() - ago).toISOString() }),
});
const soon = new Date(Date.now() + HOUR).toISOString();

const makes: readonly Make[] = [
  (mark) => ({ body: request(mark), attributes: failure('retry-soon') }),
  (mark) => ({ body: request(mark), attributes: failure('permanent-data') }),
  (mark) => ({ body: request(mark), attributes: failure('outcome-unknown') }),
  (mark) => ({ body: request(mark), attributes: failure('retry-later', { notBefore: soon }) }),
  (mark) => ({ body: request(mark), attributes: {} }),
  (mark) => ({ body: request(mark), attributes: redriven(2, 10 * DAY) }),
  (mark) => ({ body: request(mark), attributes: redriven(1, 0) }),
  (mark) => ({ body: request(mark), attributes: redriven(3, DAY) }),
  (mark) => ({ body: event(mark), attributes: rule('covered', DESTINATION_ARN, 'TIMEOUT') }),
  (mark) => ({ body: event(mark), attributes: rule('lonely', DESTINATION_ARN, 'TIMEOUT') }),
  (mark) => ({ body: event(mark), attributes: rule('queued', QUEUE_ARN, 'NO_PERMISSIONS') }),
  (mark) => ({ body: event(mark), attributes: rule('stack-apicall', QUEUE_ARN, 'NO_PERMISSIONS') }),
  (mark) => ({ body: event(mark), attributes: rule('covered', DESTINATION_ARN, 'INVALID_JSON') }),
  (mark) => ({
    body: wrapped(mark, 2),
    attributes: rule('covered-redrive', DESTINATION_ARN, 'TIMEOUT', 'redrive'),
  }),
  (mark) => ({ body: entry(mark), attributes: failure('publish-failed') }),
  (mark) => ({
    body: entry(mark),
    attributes: failure('publish-failed', { errorCode: 'MalformedDetail' }),
  }),
  (mark) => ({ body: `what is ${mark}?`, attributes: {} }),
];

interface Placed {
  readonly queue: QueueName;
  readonly make: number;
  readonly ageMs: number;
}

const placed: fc.Arbitrary<Placed> = fc.record({
  queue: fc.constantFrom(...queueNames),
  make: fc.nat(makes.length - 1),
  ageMs: fc.constantFrom(0, HOUR, 12 * DAY, 13.9 * DAY),
});

/** The faults of one invocation: of each call in order, and the call during which the process is killed. */
const invocation = fc.record({
  callFaults: fc.array(fc.constantFrom<Fault>('none', 'none', 'none', 'before', 'after'), {
    maxLength: 30,
  }),
  diesAt: fc.option(fc.nat(40), { nil: Number.POSITIVE_INFINITY }),
  command: fc.constantFrom({}, { unattended: true }, { limit: 7 }, { action: 'park', limit: 3 }),
  passMs: fc.constantFrom(0, 30_000, 121_000, HOUR),
});

function build(given: readonly Placed[]) {
  const messages = given.map(({ queue, make, ageMs }, index) => {
    const mark = `mark-${index}-`;
    const { body, attributes } = makes[make]?.(mark) ?? { body: mark, attributes: {} };
    const sentAt = new Date(Date.now() - ageMs);
    return { queue, mark, message: messageOf(body, attributes, { sentAt }) };
  });
  let faults: Faults = () => 'none';
  const inQueue = (name: QueueName) =>
    messages.flatMap(({ queue, message }) => (queue === name ? [message] : []));
  const scene = createScene({
    messages: { apicall: inQueue('apicall'), rule: inQueue('rule'), spill: inQueue('spill') },
    redriveRules: ['covered-redrive'],
    faults: (operation) => faults(operation),
  });
  const setFaults = (next: Faults): void => {
    faults = next;
  };
  return { messages, scene, setFaults };
}

type Built = ReturnType<typeof build>;

/** How often each message has been redriven, whether it is parked, and whether it is still in its queue. */
function whereabouts({ messages, scene }: Built) {
  const { sent, put, stored, queues } = scene;
  const waiting = new Set(queueNames.flatMap((name) => queues[name].ids()));
  return messages.map(({ mark, message }) => ({
    redriven:
      sent.filter(({ body }) => body.includes(mark)).length +
      put.filter(({ Detail }) => Detail.includes(mark)).length,
    parked: [...stored.keys()].some((key) => key.endsWith(`/${message.messageId}.json`)),
    waiting: waiting.has(message.messageId),
  }));
}

function expectNoneLost(built: Built): void {
  for (const { redriven: count, parked, waiting } of whereabouts(built)) {
    expect(count > 0 || parked || waiting).toBe(true);
  }
}

function expectCap({ scene }: Built): void {
  for (const { attributes } of scene.sent) {
    const { count } = JSON.parse(attributes['Redrive'] ?? '{}');
    expect(count).toBeLessThanOrEqual(config.maxRedrives);
  }
}

async function reprocessAll({ scene }: Built): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    scene.pass(121_000);
    await scene.invoke({ unattended: true });
  }
}

describe('whichever call fails, and whenever the function is killed', () => {
  it('every message is redriven, parked, or in its queue at any time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(placed, { maxLength: 60 }),
        fc.array(invocation, { maxLength: 6 }),
        async (given, invocations) => {
          const built = build(given);
          const { scene, setFaults } = built;
          for (const { callFaults, diesAt, command, passMs } of invocations) {
            let calls = 0;
            setFaults(() => {
              calls += 1;
              if (calls > diesAt) return 'before';
              return callFaults[calls % Math.max(1, callFaults.length)] ?? 'none';
            });
            await scene.invoke(command).catch(() => undefined);
            expectNoneLost(built);
            if (calls > diesAt) scene.restart();
            scene.pass(passMs);
          }
          setFaults(() => 'none');
          await reprocessAll(built);
          expectNoneLost(built);
          expectCap(built);
          // What is left in a queue only waits.
          const report = await scene.invoke({ action: 'preview' });
          const left = Object.values(report.queues ?? {}).flatMap(({ letters = [] }) => letters);
          expect(left.filter(({ decision }) => decision !== 'wait')).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('without faults, each message is redriven once or parked once or waits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(placed, { maxLength: 60 }), async (given) => {
        const built = build(given);
        await reprocessAll(built);
        for (const { redriven: count, parked, waiting } of whereabouts(built)) {
          expect(count + Number(parked) + Number(waiting)).toBe(1);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('every wait ends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(placed, { maxLength: 30 }), async (given) => {
        const built = build(given);
        for (let hours = 0; hours < 14 * 24; hours += 12) {
          await built.scene.invoke({ unattended: true });
          built.scene.pass(12 * HOUR + 1_000);
        }
        expect(whereabouts(built).filter(({ waiting }) => waiting)).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('an unparked message is redriven before its object is deleted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(placed, { maxLength: 40 }),
        fc.array(invocation, { maxLength: 4 }),
        async (given, invocations) => {
          const built = build(given);
          const { scene, setFaults } = built;
          await scene.invoke({ action: 'park', limit: 500 });
          const unpark = { action: 'unpark', filter: { key: 'parked/' } };
          for (const { callFaults, diesAt } of invocations) {
            let calls = 0;
            setFaults(() => {
              calls += 1;
              if (calls > diesAt) return 'before';
              return callFaults[calls % Math.max(1, callFaults.length)] ?? 'none';
            });
            await scene.invoke(unpark).catch(() => undefined);
            expectNoneLost(built);
          }
          setFaults(() => 'none');
          const { parked } = await scene.invoke(unpark);
          expectNoneLost(built);
          expect(scene.stored.size).toBe(Object(parked).results.refused);
        },
      ),
      { numRuns: 60 },
    );
  });
});
