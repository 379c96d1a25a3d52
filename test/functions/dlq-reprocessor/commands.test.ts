import { describe, expect, it } from 'vitest';
import type { DeadLetter } from '../../../functions/dlq-reprocessor/dead-letter/dead-letter.ts';
import { createScene, DESTINATION_ARN, letterOf } from './kit.ts';

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

/** One letter of each sort. */
const letters = {
  locked: letterOf(create('Case'), failure('retry-soon', { errorCode: 'UNABLE_TO_LOCK_ROW' })),
  old: letterOf(create('contact'), failure('retry-soon'), hourOld),
  wrong: letterOf(create('Case'), failure('permanent-data', { errorCode: 'MISSING' })),
  limited: letterOf(create('Task'), failure('retry-later', { notBefore: inAnHour })),
  unclear: letterOf(create('Case'), failure('outcome-unknown')),
  event: letterOf(event(7), ruleAttributes),
  entry: letterOf(
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
  strange: letterOf('?'),
};

const mixed = () =>
  createScene({
    letters: {
      apicall: [
        letters.locked,
        letters.old,
        letters.wrong,
        letters.limited,
        letters.unclear,
        letters.strange,
      ],
      rule: [letters.event],
      spill: [letters.entry],
    },
    twins: ['stack-rule-redrive'],
  });

type Scene = ReturnType<typeof mixed>;

const left = ({ queues }: Scene) =>
  [...queues.apicall.ids(), ...queues.rule.ids(), ...queues.spill.ids()].sort();
const ids = (...chosen: readonly DeadLetter[]) => chosen.map(({ messageId }) => messageId).sort();
const all = ids(...Object.values(letters));
const without = (...gone: readonly DeadLetter[]) =>
  all.filter((id) => !gone.some(({ messageId }) => messageId === id));

describe('a filter', () => {
  it.each<[object, DeadLetter[]]>([
    [{ reason: 'retry-SOON' }, [letters.locked, letters.old]],
    [{ reason: 'permanent' }, [letters.wrong]],
    [{ errorCode: 'unable_to_lock_row' }, [letters.locked]],
    [{ errorCode: 'THROTTLING' }, [letters.event]],
    [{ errorCode: 'ThrottlingException' }, [letters.entry]],
    [{ object: 'CONTACT' }, [letters.old]],
    [{ object: 'Case', reason: 'retry-soon' }, [letters.locked]],
    [{ olderThanSeconds: 60 }, [letters.old]],
    [{ newerThanSeconds: 60, object: 'Contact' }, []],
    [{ id: [letters.event.messageId, letters.old.messageId] }, [letters.event, letters.old]],
    [{ path: { '$.detail.number': 7 } }, [letters.event]],
    [{ path: { '$.detail.number': '7' } }, []],
    [{ path: { '$.Detail.issue.number': 7 } }, [letters.entry]],
    [{ path: { '$.object': 'Case', '$.action': 'POST' }, errorCode: 'MISSING' }, [letters.wrong]],
    [{ path: { '$.__proto__.x': 1 } }, []],
  ])('%j leaves all other letters alone', async (filter, meant) => {
    const scene = mixed();
    const report = await scene.invoke({ filter });
    expect(left(scene)).toEqual(without(...meant));
    const skipped = Object.values(report.queues ?? {}).reduce(
      (sum, { results }) => sum + results.skipped,
      0,
    );
    expect(skipped).toBe(all.length - meant.length);
    // At the end of a command they can be received again at once.
    expect(await scene.queues.rule.api.left()).toMatchObject({ hidden: 0 });
  });
});

describe('a dry run', () => {
  it.each([{ action: 'preview' }, { dryRun: true }, { action: 'park', dryRun: true }])(
    '%j moves nothing, counts nothing and lets everything go again',
    async (command) => {
      const scene = mixed();
      await scene.invoke(command);
      expect(left(scene)).toEqual(all);
      expect([scene.sent, scene.put, [...scene.stored], scene.metrics.counted]).toEqual([
        [],
        [],
        [],
        [],
      ]);
      for (const queue of Object.values(scene.queues)) {
        expect(await queue.api.left()).toMatchObject({ hidden: 0 });
      }
    },
  );

  it('tells of each letter what would become of it, and why', async () => {
    const { queues } = await mixed().invoke({ action: 'preview' });
    const told = Object.values(queues ?? {}).flatMap(({ letters: some = [] }) => some);
    const find = ({ messageId }: DeadLetter) => told.find((one) => one.messageId === messageId);
    expect(told).toHaveLength(all.length);
    expect(find(letters.locked)).toMatchObject({
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
    expect(find(letters.event)).toMatchObject({
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
    expect(find(letters.limited)).toMatchObject({ decision: 'wait', until: inAnHour });
    expect(find(letters.unclear)).toMatchObject({ decision: 'park', reason: 'OUTCOME_UNKNOWN' });
    expect(find(letters.strange)).toMatchObject({ kind: 'unknown', decision: 'park' });
    expect(find(letters.entry)).toMatchObject({ kind: 'entry', source: 'github.com' });
  });

  it('quotes messages in a preview alone', async () => {
    const report = await mixed().invoke({ dryRun: true });
    expect(JSON.stringify(report)).not.toContain('quoted');
    expect(JSON.stringify(await mixed().invoke({ action: 'status' }))).not.toContain('quoted');
  });

  it('says where the way back is missing', async () => {
    const scene = createScene({ letters: { rule: [letters.event] } });
    const { queues } = await scene.invoke({ action: 'preview' });
    expect(queues?.rule?.letters).toMatchObject([{ decision: 'park', reason: 'NO_REDRIVE_RULE' }]);
  });

  it('lets go of nothing that may be in the hands of somebody else by now', async () => {
    const scene = createScene({ letters: { apicall: [letters.locked] } });
    const { api } = scene.queues.apicall;
    const hidden: number[] = [];
    let receives = 0;
    scene.queues.apicall.api = {
      ...api,
      receive: async (max, seconds) => {
        receives += 1;
        // The second receive is slow: the first one's letters are visible again when it ends.
        if (receives === 2) scene.pass(61_000);
        return receives === 2 ? [] : api.receive(max, seconds);
      },
      hide: async (some) => {
        hidden.push(some.length);
        return api.hide(some);
      },
    };
    await scene.invoke({ dryRun: true, queue: 'apicall' });
    expect(hidden).toEqual([0]);
  });

  it('sees each letter once, over all its slices', async () => {
    const many = Array.from({ length: 130 }, () => letterOf(create('Case')));
    const scene = createScene({ letters: { apicall: many } });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const report = await scene.invoke({ dryRun: true, limit: 20, ...(cursor && { cursor }) });
      seen.push(...(report.queues?.apicall?.letters ?? []).map(({ messageId }) => messageId));
      cursor = report.cursor;
      // Long enough for what was seen first to come back before the last slice.
      scene.pass(25_000);
    } while (cursor !== undefined && seen.length < 1_000);
    expect(seen.sort()).toEqual(ids(...many));
  });
});

describe('force', () => {
  it('redrives what would be parked or would wait, where the filter names it', async () => {
    const scene = mixed();
    await scene.invoke({ force: true, filter: { reason: 'permanent-data' } });
    await scene.invoke({ force: true, filter: { object: 'Task' } });
    expect(scene.sent.map(({ body }) => body)).toEqual([letters.wrong.body, letters.limited.body]);
    expect(left(scene)).toEqual(without(letters.wrong, letters.limited));
  });

  it('does not make a change that may have been made, nor sends what has no origin', async () => {
    const scene = mixed();
    const filter = { id: [letters.unclear.messageId, letters.strange.messageId] };
    const { queues } = await scene.invoke({ force: true, filter });
    expect(queues?.apicall?.results).toMatchObject({ refused: 2, skipped: 4 });
    expect(Object.keys(queues?.apicall?.byReason ?? {}).join()).toContain('unpark it as applied');
    expect(left(scene)).toEqual(all);
  });
});

describe('park', () => {
  it('parks what the filter means, under the reason that the decision has, if it has one', async () => {
    const scene = mixed();
    await scene.invoke({ action: 'park', queue: 'apicall', filter: { object: 'Case' } });
    expect(left(scene)).toEqual(without(letters.locked, letters.wrong, letters.unclear));
    const reasons = [...scene.stored.keys()].map((key) => key.split('/')[1]).sort();
    expect(reasons).toEqual(['BY_COMMAND', 'OUTCOME_UNKNOWN', 'PERMANENT']);
  });
});

describe('status', () => {
  it('counts what is parked and samples what waits', async () => {
    const scene = mixed();
    await scene.invoke({});
    const report = await scene.invoke({ action: 'status' });
    expect(report.parked).toEqual({ OUTCOME_UNKNOWN: 1, PERMANENT: 1, UNKNOWN_ENVELOPE: 1 });
    expect(report.queues?.apicall?.left).toMatchObject({ visible: 0, hidden: 1 });
    expect(report).toMatchObject({ action: 'status', dryRun: true });
    expect(report.cursor).toBeUndefined();
  });

  it('samples no more than the limit, and lets it go at once', async () => {
    const many = Array.from({ length: 60 }, () => letterOf(create('Case')));
    const scene = createScene({ letters: { apicall: many } });
    const { queues } = await scene.invoke({ action: 'status', limit: 25 });
    expect(queues?.apicall).toMatchObject({ received: 25, left: { visible: 60, hidden: 0 } });
  });
});
