import { describe, expect, it } from 'vitest';
import { inProgressRecord } from '../../../functions/common/idempotency-record.ts';
import type { Faults } from './faults.ts';
import {
  API_CALL_RULE_ARN,
  createScene,
  DESTINATION_ARN,
  messageOf,
  QUEUE_ARN,
} from './harness.ts';

const effect = { effectId: 'effect-1', payloadHash: 'hash-1' };
const create = '{"action":"POST","resource":"sobjects","object":"Case","payload":{"n":1}}';
const failure = (name: string, correlation: object = {}) => ({
  Failure: JSON.stringify({
    class: name,
    errorCode: 'E',
    correlation: { messageId: 'first', ...correlation },
  }),
});
const ruleAttributes = (target = DESTINATION_ARN) => ({
  RULE_ARN: 'arn:aws:events:us-east-1:000000000000:rule/bus/stack-rule',
  TARGET_ARN: target,
  ERROR_CODE: 'INVALID_JSON',
});
const event = '{"id":"e1","source":"shop","detail-type":"Order","detail":{"n":1.0}}';
const redriveOf = (attributes: Readonly<Record<string, string>> = {}) =>
  JSON.parse(attributes['Redrive'] ?? '{}');

/** A scene with one parked message of each kind. */
async function parkedScene(faults?: Faults, correlation: object = effect) {
  const wrong = messageOf(create, {
    ...failure('permanent-data'),
    Trace: 'kept',
    Redrive: '{"count":3,"messageId":"first"}',
  });
  const unclear = messageOf(create, failure('outcome-unknown', correlation));
  const undelivered = messageOf(event, ruleAttributes());
  const strange = messageOf('?');
  const scene = createScene({
    messages: { apicall: [wrong, unclear, strange], rule: [undelivered] },
    redriveRules: ['stack-rule-redrive'],
    ...(faults && { faults }),
  });
  await scene.invoke({ action: 'park' });
  expect([...scene.queues.apicall.ids(), ...scene.queues.rule.ids()]).toEqual([]);
  expect(scene.stored.size).toBe(4);
  return { ...scene, wrong, unclear, undelivered, strange };
}

type Scene = Awaited<ReturnType<typeof parkedScene>>;

const everything = { action: 'unpark', filter: { key: 'parked/' } };
const unclearOnly = { action: 'unpark', filter: { reason: 'OUTCOME_UNKNOWN' } };
const isParked = (scene: Scene, { messageId }: { messageId: string }): boolean =>
  [...scene.stored.keys()].some((key) => key.endsWith(`/${messageId}.json`));

const record = (scene: Scene, untilMs: number, payloadHash = effect.payloadHash): void => {
  const until = String(untilMs);
  const open = { effectId: effect.effectId, payloadHash, owner: 'dead', until };
  scene.table.items.set(effect.effectId, inProgressRecord(open, { N: '0' }));
};
const completed = (scene: Scene) => scene.table.items.get(effect.effectId)?.['outcome']?.S;

describe('unpark', () => {
  it('redrives each message to its origin, counts its redrives from 0, and only then deletes the object', async () => {
    const scene = await parkedScene();
    const { parked } = await scene.invoke(everything);
    expect(parked).toMatchObject({ received: 4, results: { redriven: 2, refused: 2 } });
    expect(scene.sent).toMatchObject([{ body: create, attributes: { Trace: 'kept' } }]);
    expect(redriveOf(scene.sent[0]?.attributes)).toMatchObject({ count: 0, messageId: 'first' });
    expect(scene.put[0]?.Detail).toContain(`"attempt":0,"event":${event}}`);
    expect([scene.wrong, scene.undelivered].map((one) => isParked(scene, one))).toEqual([
      false,
      false,
    ]);
    expect([scene.unclear, scene.strange].map((one) => isParked(scene, one))).toEqual([true, true]);
  });

  it.each([
    [{ key: 'parked/PERMANENT/' }, 2],
    [{ key: 'parked/PERMANENT/1999-01-01/' }, 0],
    [{ reason: 'permanent-data' }, 1],
    [{ reason: 'Permanent' }, 2],
    [{ object: 'case', reason: 'PERMANENT' }, 1],
    [{ key: 'parked/', path: { '$.detail.n': 1 } }, 1],
    [{ key: 'parked/', olderThanSeconds: 60 }, 0],
  ])('unparks the objects that %j matches', async (filter, count) => {
    const scene = await parkedScene();
    const { parked } = await scene.invoke({ action: 'unpark', filter });
    expect(parked).toMatchObject({ results: { redriven: count } });
  });

  it('unparks by id', async () => {
    const scene = await parkedScene();
    const filter = { id: [scene.wrong.messageId] };
    const { parked } = await scene.invoke({ action: 'unpark', filter });
    expect(parked).toMatchObject({ received: 1, results: { redriven: 1 } });
  });

  it('finds an id among thousands of objects in one invocation', async () => {
    const scene = await parkedScene();
    for (let index = 0; index < 2_500; index += 1) {
      scene.stored.set(`parked/PERMANENT/2026-01-01/other-${index}.json`, '{}');
    }
    const filter = { id: [scene.undelivered.messageId] };
    const report = await scene.invoke({ action: 'unpark', filter, limit: 1 });
    expect(report.parked).toMatchObject({ received: 1, results: { redriven: 1 } });
  });

  it('unparks many ids over several invocations, each once', async () => {
    const many = Array.from({ length: 60 }, () => messageOf(create, failure('permanent-data')));
    const scene = createScene({ messages: { apicall: many } });
    await scene.invoke();
    const command = { action: 'unpark', filter: { id: many.map(({ messageId }) => messageId) } };
    const first = await scene.invoke({ ...command, limit: 25 });
    expect(first.parked).toMatchObject({ received: 25, stoppedBy: 'limit' });
    const second = await scene.invoke({ ...command, cursor: first.cursor });
    expect(second.parked).toMatchObject({ received: 35, stoppedBy: 'empty' });
    expect(scene.sent).toHaveLength(60);
  });

  it('reports in a dry run what it would do, and does not do it', async () => {
    const scene = await parkedScene();
    const { parked } = await scene.invoke({ ...everything, dryRun: true });
    expect(Object(parked).letters).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({
          kind: 'parked',
          decision: 'redrive',
          why: expect.stringMatching(/^parked as PERMANENT: ./),
        }),
      ]),
    );
    expect([scene.sent, scene.put, scene.stored.size]).toEqual([[], [], 4]);
  });

  it('reports a message that is parked under two keys twice', async () => {
    const scene = await parkedScene();
    const [[key = '', text = ''] = []] = scene.stored;
    scene.stored.set(key.replace(/\d{4}-\d\d-\d\d/, '1999-01-01'), text);
    const filter = { id: [/([^/]+)\.json$/.exec(key)?.[1]] };
    const { parked } = await scene.invoke({ action: 'unpark', filter, dryRun: true });
    expect(Object(parked).letters).toHaveLength(2);
  });

  it('unparks any number of objects over several invocations', async () => {
    const many = Array.from({ length: 25 }, () => messageOf(create, failure('permanent-data')));
    const scene = createScene({ messages: { apicall: many } });
    await scene.invoke();
    const first = await scene.invoke({ ...everything, limit: 10 });
    expect(first.parked).toMatchObject({ received: 10, stoppedBy: 'limit' });
    const second = await scene.invoke({ ...everything, cursor: first.cursor });
    expect(second.parked).toMatchObject({ received: 15, stoppedBy: 'empty' });
    expect([scene.sent.length, scene.stored.size, second.cursor]).toEqual([25, 0, undefined]);
  });

  it.each(['send', 'put', 'read'])('keeps the object when %s fails', async (operation) => {
    let fails = false;
    const scene = await parkedScene((one) => (fails && one === operation ? 'before' : 'none'));
    fails = true;
    const { parked } = await scene.invoke(everything);
    expect(Object(parked).results.failed).toBeGreaterThan(0);
    const { sent, put, stored } = scene;
    expect(sent.length + put.length + stored.size).toBe(4);
  });

  it('leaves an object that is not a parked message', async () => {
    const scene = await parkedScene();
    scene.stored.set('parked/PERMANENT/2026-01-01/note.json', '{"hand":"written"}');
    const { parked } = await scene.invoke({ action: 'unpark', filter: { id: ['note'] } });
    expect(Object(parked).byReason).toEqual({ 'the object is not a parked message': 1 });
    expect(scene.stored.size).toBe(5);
  });

  it('refuses an event whose rule has no redrive rule, unless that rule sends it to ApiCallQueue as it is', async () => {
    const lost = messageOf(event, ruleAttributes());
    const transformed = messageOf(event, ruleAttributes(QUEUE_ARN));
    const queued = messageOf(event, { ...ruleAttributes(QUEUE_ARN), RULE_ARN: API_CALL_RULE_ARN });
    const scene = createScene({ messages: { rule: [lost, transformed, queued] } });
    await scene.invoke({ action: 'park' });
    const { parked } = await scene.invoke(everything);
    expect(parked).toMatchObject({ results: { redriven: 1, refused: 2 } });
    expect(scene.sent.map(({ body }) => body)).toEqual([event]);
  });
});

describe('unpark of an unknown outcome', () => {
  const refused = async (scene: Scene, command: object, words: RegExp) => {
    const { parked } = await scene.invoke(command);
    expect(parked).toMatchObject({ results: { refused: 1, redriven: 0 } });
    expect(Object.keys(Object(parked).byReason).join()).toMatch(words);
    expect(isParked(scene, scene.unclear)).toBe(true);
    expect(scene.sent).toEqual([]);
  };

  it('needs applied or notApplied', async () => {
    await refused(await parkedScene(), unclearOnly, /find out/);
  });

  it.each([{ applied: true }, { notApplied: true }])('is required for %j', async (said) => {
    const scene = await parkedScene();
    const filter = { id: [scene.wrong.messageId] };
    const { parked } = await scene.invoke({ action: 'unpark', filter, ...said });
    expect(Object.keys(Object(parked).byReason).join()).toMatch(/unknown outcomes only/);
    expect(isParked(scene, scene.wrong)).toBe(true);
  });

  it('applied: completes the idempotency record with the record id, and redrives the request', async () => {
    const scene = await parkedScene();
    record(scene, scene.now().getTime() - 1);
    await scene.invoke({ ...unclearOnly, applied: true, recordId: '500000000000001' });
    expect(JSON.parse(completed(scene) ?? '')).toEqual({
      kind: 'success',
      status: 201,
      body: { id: '500000000000001', success: true, errors: [] },
    });
    expect(scene.sent).toMatchObject([{ body: create }]);
    expect(redriveOf(scene.sent[0]?.attributes).messageId).toBe('first');
    expect(isParked(scene, scene.unclear)).toBe(false);
  });

  it('applied: writes a completed record where the record has expired', async () => {
    const scene = await parkedScene();
    await scene.invoke({ ...unclearOnly, applied: true });
    expect(JSON.parse(completed(scene) ?? '').body).toEqual({});
    expect(scene.table.items.get(effect.effectId)?.['payloadHash']?.S).toBe(effect.payloadHash);
    expect(scene.sent).toHaveLength(1);
  });

  it('applied: keeps the outcome of a record that is completed by now', async () => {
    const scene = await parkedScene();
    record(scene, 0);
    const item = scene.table.items.get(effect.effectId) ?? {};
    const outcome = { S: '{"kind":"success","status":201,"body":{"id":"own"}}' };
    scene.table.items.set(effect.effectId, { ...item, outcome });
    await scene.invoke({ ...unclearOnly, applied: true, recordId: '500000000000001' });
    expect(completed(scene)).toBe(outcome.S);
    expect(scene.sent).toHaveLength(1);
  });

  it('notApplied: deletes the record, and redrives the request', async () => {
    const scene = await parkedScene();
    record(scene, scene.now().getTime() - 1);
    await scene.invoke({ ...unclearOnly, notApplied: true });
    expect(scene.table.items.size).toBe(0);
    expect(scene.sent).toMatchObject([{ body: create }]);
    expect(isParked(scene, scene.unclear)).toBe(false);
  });

  it('notApplied: is refused when the record is completed by now, and the record stays', async () => {
    const scene = await parkedScene();
    record(scene, 0);
    const item = scene.table.items.get(effect.effectId) ?? {};
    scene.table.items.set(effect.effectId, { ...item, outcome: { S: '{"kind":"success"}' } });
    await refused(scene, { ...unclearOnly, notApplied: true }, /has been made/);
    expect(completed(scene)).toBeDefined();
  });

  it.each([{ applied: true }, { notApplied: true }])(
    '%j is refused while an invocation makes the call',
    async (said) => {
      const scene = await parkedScene();
      record(scene, scene.now().getTime() + 10_000);
      await refused(scene, { ...unclearOnly, ...said }, /right now/);
      expect(completed(scene)).toBeUndefined();
      expect(scene.table.items.size).toBe(1);
    },
  );

  it.each([{ applied: true }, { notApplied: true }])(
    '%j is refused when the key has been used for another payload',
    async (said) => {
      const scene = await parkedScene();
      record(scene, 0, 'other-hash');
      await refused(scene, { ...unclearOnly, ...said }, /another payload/);
    },
  );

  it('without a known record is refused as applied, and redriven as notApplied', async () => {
    const scene = await parkedScene(undefined, {});
    await refused(scene, { ...unclearOnly, applied: true }, /idempotency record is not known/);
    await scene.invoke({ ...unclearOnly, notApplied: true });
    expect(scene.sent).toHaveLength(1);
  });

  it('a dry run reports the objection, and changes no record', async () => {
    const scene = await parkedScene();
    record(scene, scene.now().getTime() + 10_000);
    const { parked } = await scene.invoke({ ...unclearOnly, applied: true, dryRun: true });
    expect(Object(parked).letters).toMatchObject([
      { decision: 'refuse', why: expect.stringMatching(/right now/) },
    ]);
    expect(completed(scene)).toBeUndefined();
  });
});
