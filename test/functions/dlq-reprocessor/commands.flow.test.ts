import { describe, expect, it } from 'vitest';
import type { DeadLetterMessage } from '../../../functions/dlq-reprocessor/dead-letter/message.ts';
import { createScene, DESTINATION_ARN, messageOf } from './harness.ts';

const failure = (name: string, more: object = {}) => ({
  Failure: JSON.stringify({ class: name, errorCode: 'E', message: 'quoted', attempts: 5, ...more }),
});
const create = (object: string, more: object = {}) =>
  JSON.stringify({ action: 'POST', resource: 'sobjects', object, ...more });
const event = (number: number) =>
  JSON.stringify({ id: `e${number}`, source: 'shop', 'detail-type': 'Order', detail: { number } });
const ruleAttributes = {
  RULE_ARN: 'arn:aws:events:us-east-1:000000000000:rule/bus/stack-rule',
  TARGET_ARN: DESTINATION_ARN,
  ERROR_CODE: 'THROTTLING',
  ERROR_MESSAGE: 'slow down',
  RETRY_ATTEMPTS: '4',
  EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
};

const HOUR = 3_600_000;
const hourOld = { sentAt: new Date(Date.now() - HOUR) };
const inAnHour = new Date(Date.now() + HOUR).toISOString();

/** One message of each kind. */
const samples = {
  locked: messageOf(create('Case'), failure('retry-soon', { errorCode: 'UNABLE_TO_LOCK_ROW' })),
  old: messageOf(create('contact'), failure('retry-soon'), hourOld),
  wrong: messageOf(create('Case'), failure('permanent-data', { errorCode: 'MISSING' })),
  limited: messageOf(create('Task'), failure('retry-later', { notBefore: inAnHour })),
  unclear: messageOf(create('Case'), failure('outcome-unknown')),
  event: messageOf(event(7), ruleAttributes),
  entry: messageOf(
    JSON.stringify({
      EventBusName: 'b',
      Source: 'github.com',
      DetailType: 'issues',
      Detail: '{"issue":{"number":7}}',
      Resources: [],
      Time: new Date().toISOString(),
    }),
    failure('publish-failed', { errorCode: 'ThrottlingException' }),
  ),
  strange: messageOf('?'),
};

const { event: ofRule, entry: spilled, ...requests } = samples;
const mixed = () =>
  createScene({
    messages: { apicall: Object.values(requests), rule: [ofRule], spill: [spilled] },
    redriveRules: ['stack-rule-redrive'],
  });

type Scene = ReturnType<typeof mixed>;

const left = ({ queues }: Scene) =>
  [...queues.apicall.ids(), ...queues.rule.ids(), ...queues.spill.ids()].sort();
const ids = (...chosen: readonly DeadLetterMessage[]) =>
  chosen.map(({ messageId }) => messageId).sort();
const all = ids(...Object.values(samples));
const without = (...gone: readonly DeadLetterMessage[]) =>
  all.filter((id) => !gone.some(({ messageId }) => messageId === id));

describe('a filter', () => {
  it.each<[object, DeadLetterMessage[]]>([
    [{ reason: 'retry-SOON' }, [samples.locked, samples.old]],
    [{ reason: 'permanent' }, [samples.wrong]],
    [{ errorCode: 'unable_to_lock_row' }, [samples.locked]],
    [{ errorCode: 'THROTTLING' }, [samples.event]],
    [{ errorCode: 'ThrottlingException' }, [samples.entry]],
    [{ object: 'CONTACT' }, [samples.old]],
    [{ object: 'Case', reason: 'retry-soon' }, [samples.locked]],
    [{ olderThanSeconds: 60 }, [samples.old]],
    [{ newerThanSeconds: 60, object: 'Contact' }, []],
    [{ id: [samples.event.messageId, samples.old.messageId] }, [samples.event, samples.old]],
    [{ path: { '$.detail.number': 7 } }, [samples.event]],
    [{ path: { '$.detail.number': '7' } }, []],
    [{ path: { '$.Detail.issue.number': 7 } }, [samples.entry]],
    [{ path: { '$.object': 'Case', '$.action': 'POST' }, errorCode: 'MISSING' }, [samples.wrong]],
    [{ path: { '$.__proto__.x': 1 } }, []],
  ])('%j leaves all other messages alone', async (filter, meant) => {
    const scene = mixed();
    const report = await scene.invoke({ filter });
    expect(left(scene)).toEqual(without(...meant));
    const skipped = Object.values(report.queues ?? {}).reduce(
      (sum, { results }) => sum + results.skipped,
      0,
    );
    expect(skipped).toBe(all.length - meant.length);
    // At the end of a command they can be received again at once.
    expect(scene.queues.rule.counts()).toMatchObject({ hidden: 0 });
  });
});

describe('a dry run', () => {
  it.each([{ action: 'preview' }, { dryRun: true }, { action: 'park', dryRun: true }])(
    '%j moves nothing, counts nothing and makes everything visible again',
    async (command) => {
      const scene = mixed();
      await scene.invoke(command);
      expect(left(scene)).toEqual(all);
      expect([scene.sent, scene.put, [...scene.stored], scene.log.counted]).toEqual([
        [],
        [],
        [],
        [],
      ]);
      for (const queue of Object.values(scene.queues)) {
        expect(queue.counts()).toMatchObject({ hidden: 0 });
      }
    },
  );

  it('reports the decision about each message, and why', async () => {
    const { queues } = await mixed().invoke({ action: 'preview' });
    const reported = Object.values(queues ?? {}).flatMap(({ letters: some = [] }) => some);
    const find = ({ messageId }: DeadLetterMessage) =>
      reported.find((one) => one.messageId === messageId);
    expect(reported).toHaveLength(all.length);
    expect(find(samples.locked)).toMatchObject({
      kind: 'request',
      decision: 'redrive',
      reason: 'another try may help',
      why: 'retry-soon: UNABLE_TO_LOCK_ROW',
      errorCode: 'UNABLE_TO_LOCK_ROW',
      failureClass: 'retry-soon',
      attempts: 5,
      redrives: 0,
      object: 'Case',
      action: 'POST',
      message: 'quoted',
    });
    expect(find(samples.event)).toMatchObject({
      kind: 'rule',
      decision: 'redrive',
      why: 'EventBridge gave up after 4 retries (MaximumRetryAttempts): THROTTLING',
      attempts: 5,
      rule: 'stack-rule',
      detailType: 'Order',
      source: 'shop',
      eventId: 'e7',
      message: 'slow down',
    });
    expect(find(samples.limited)).toMatchObject({ decision: 'wait', until: inAnHour });
    expect(find(samples.unclear)).toMatchObject({ decision: 'park', reason: 'OUTCOME_UNKNOWN' });
    expect(find(samples.strange)).toMatchObject({ kind: 'unknown', decision: 'park' });
    expect(find(samples.entry)).toMatchObject({ kind: 'entry', source: 'github.com' });
  });

  it('includes error texts, but not in a status', async () => {
    const report = await mixed().invoke({ dryRun: true });
    expect(JSON.stringify(report)).toContain('quoted');
    expect(JSON.stringify(await mixed().invoke({ action: 'status' }))).not.toContain('quoted');
  });

  it('reports a missing redrive rule', async () => {
    const scene = createScene({ messages: { rule: [samples.event] } });
    const { queues } = await scene.invoke({ action: 'preview' });
    expect(queues?.rule?.letters).toMatchObject([{ decision: 'park', reason: 'NO_REDRIVE_RULE' }]);
  });

  it('does not change the visibility of messages that another process may hold by now', async () => {
    const scene = createScene({ messages: { apicall: [samples.locked] } });
    const { apicall } = scene.queues;
    let receives = 0;
    apicall.onReceive = () => {
      receives += 1;
      // The second receive is slow: the first one's messages are visible again when it ends.
      if (receives === 2) scene.pass(61_000);
      return receives === 2 ? [] : undefined;
    };
    const report = await scene.invoke({ dryRun: true, queue: 'apicall' });
    expect(report.queues?.apicall?.received).toBe(1);
    expect(apicall.hides).toBe(0);
  });

  it('reports each message once, over all its invocations', async () => {
    const many = Array.from({ length: 130 }, () => messageOf(create('Case')));
    const scene = createScene({ messages: { apicall: many } });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const report = await scene.invoke({ dryRun: true, limit: 20, ...(cursor && { cursor }) });
      seen.push(...(report.queues?.apicall?.letters ?? []).map(({ messageId }) => messageId));
      cursor = report.cursor;
      // Long enough for the first messages to become visible again before the last page.
      scene.pass(25_000);
    } while (cursor !== undefined && seen.length < 1_000);
    expect(seen.sort()).toEqual(ids(...many));
  });
});

describe('force', () => {
  it('redrives messages that would be parked or would wait, where the filter matches them', async () => {
    const scene = mixed();
    await scene.invoke({ force: true, filter: { reason: 'permanent-data' } });
    await scene.invoke({ force: true, filter: { object: 'Task' } });
    expect(scene.sent.map(({ body }) => body)).toEqual([samples.wrong.body, samples.limited.body]);
    expect(left(scene)).toEqual(without(samples.wrong, samples.limited));
  });

  it('repeats no change that may have been made, and sends no message of unknown origin', async () => {
    const scene = mixed();
    const filter = { id: [samples.unclear.messageId, samples.strange.messageId] };
    const { queues } = await scene.invoke({ force: true, filter });
    expect(queues?.apicall?.results).toMatchObject({ refused: 2, skipped: 4 });
    expect(Object.keys(queues?.apicall?.byReason ?? {}).join()).toContain(
      'unpark it with --applied',
    );
    expect(left(scene)).toEqual(all);
  });
});

describe('park', () => {
  it('parks what the filter matches, under the reason of the decision if it has one', async () => {
    const scene = mixed();
    await scene.invoke({ action: 'park', queue: 'apicall', filter: { object: 'Case' } });
    expect(left(scene)).toEqual(without(samples.locked, samples.wrong, samples.unclear));
    const reasons = [...scene.stored.keys()].map((key) => key.split('/')[1]).sort();
    expect(reasons).toEqual(['BY_COMMAND', 'OUTCOME_UNKNOWN', 'PERMANENT']);
  });
});

describe('status', () => {
  it('counts parked messages and reports a sample of the queues', async () => {
    const scene = mixed();
    await scene.invoke({});
    const report = await scene.invoke({ action: 'status' });
    expect(report.parked).toEqual({ OUTCOME_UNKNOWN: 1, PERMANENT: 1, UNKNOWN_ENVELOPE: 1 });
    expect(report.queues?.apicall?.left).toMatchObject({ visible: 0, hidden: 1 });
    expect(report).toMatchObject({ action: 'status', dryRun: true });
    expect(report.cursor).toBeUndefined();
  });

  it('receives no more than the limit, and makes it visible again at once', async () => {
    const many = Array.from({ length: 60 }, () => messageOf(create('Case')));
    const scene = createScene({ messages: { apicall: many } });
    const { queues } = await scene.invoke({ action: 'status', limit: 25 });
    expect(queues?.apicall).toMatchObject({ received: 25, left: { visible: 60, hidden: 0 } });
  });
});
