import { describe, expect, it } from 'vitest';
import { inProgressRecord } from '../../../../functions/common/idempotency-record.ts';
import { createScene, DESTINATION_ARN, type Fate, letterOf, QUEUE_ARN } from '../kit.ts';

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

/** A scene in which everything has been parked that can be. */
async function parkedScene(fate?: Fate, correlation: object = effect) {
  const wrong = letterOf(create, {
    ...failure('permanent-data'),
    Trace: 'kept',
    Redrive: '{"count":3,"messageId":"first"}',
  });
  const unclear = letterOf(create, failure('outcome-unknown', correlation));
  const undelivered = letterOf(event, ruleAttributes());
  const strange = letterOf('?');
  const scene = createScene({
    letters: { apicall: [wrong, unclear, strange], rule: [undelivered] },
    twins: ['stack-rule-redrive'],
    ...(fate === undefined ? {} : { fate }),
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
const closed = (scene: Scene) => scene.table.items.get(effect.effectId)?.['outcome']?.S;

describe('unpark', () => {
  it('puts each letter back where a redrive would have, counted anew, and only then deletes', async () => {
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
  ])('takes the objects that %j means', async (filter, count) => {
    const scene = await parkedScene();
    const { parked } = await scene.invoke({ action: 'unpark', filter });
    expect(parked).toMatchObject({ results: { redriven: count } });
  });

  it('takes ids', async () => {
    const scene = await parkedScene();
    const filter = { id: [scene.wrong.messageId] };
    const { parked } = await scene.invoke({ action: 'unpark', filter });
    expect(parked).toMatchObject({ received: 1, results: { redriven: 1 } });
  });

  it('finds an id among thousands of objects in one go', async () => {
    const scene = await parkedScene();
    for (let index = 0; index < 2_500; index += 1) {
      scene.stored.set(`parked/PERMANENT/2026-01-01/other-${index}.json`, '{}');
    }
    const filter = { id: [scene.undelivered.messageId] };
    const report = await scene.invoke({ action: 'unpark', filter, limit: 1 });
    expect(report.parked).toMatchObject({ received: 1, results: { redriven: 1 } });
  });

  it('takes many ids in slices, each once', async () => {
    const many = Array.from({ length: 60 }, () => letterOf(create, failure('permanent-data')));
    const scene = createScene({ letters: { apicall: many } });
    await scene.invoke();
    const command = { action: 'unpark', filter: { id: many.map(({ messageId }) => messageId) } };
    const first = await scene.invoke({ ...command, limit: 25 });
    expect(first.parked).toMatchObject({ received: 25, stoppedBy: 'limit' });
    const second = await scene.invoke({ ...command, cursor: first.cursor });
    expect(second.parked).toMatchObject({ received: 35, stoppedBy: 'empty' });
    expect(scene.sent).toHaveLength(60);
  });

  it('says first what it would do, without doing it', async () => {
    const scene = await parkedScene();
    const { parked } = await scene.invoke({ ...everything, dryRun: true });
    expect(Object(parked).letters).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({
          kind: 'parked',
          decision: 'redrive',
          why: 'parked as PERMANENT',
        }),
      ]),
    );
    expect([scene.sent, scene.put, scene.stored.size]).toEqual([[], [], 4]);
  });

  it('goes through any number in slices', async () => {
    const many = Array.from({ length: 25 }, () => letterOf(create, failure('permanent-data')));
    const scene = createScene({ letters: { apicall: many } });
    await scene.invoke();
    const first = await scene.invoke({ ...everything, limit: 10 });
    expect(first.parked).toMatchObject({ received: 10, stoppedBy: 'limit' });
    const second = await scene.invoke({ ...everything, cursor: first.cursor });
    expect(second.parked).toMatchObject({ received: 15, stoppedBy: 'empty' });
    expect([scene.sent.length, scene.stored.size, second.cursor]).toEqual([25, 0, undefined]);
  });

  it.each(['send', 'put', 'read'])('keeps the object when %s fails', async (operation) => {
    let fails = false;
    const scene = await parkedScene((one) => (fails && one === operation ? 'before' : 'well'));
    fails = true;
    const { parked } = await scene.invoke(everything);
    expect(Object(parked).results.failed).toBeGreaterThan(0);
    const { sent, put, stored } = scene;
    expect(sent.length + put.length + stored.size).toBe(4);
  });

  it('leaves what is no parked letter alone', async () => {
    const scene = await parkedScene();
    scene.stored.set('parked/PERMANENT/2026-01-01/note.json', '{"hand":"written"}');
    const { parked } = await scene.invoke({ action: 'unpark', filter: { id: ['note'] } });
    expect(Object(parked).byReason).toEqual({ 'the object is not a parked letter': 1 });
    expect(scene.stored.size).toBe(5);
  });

  it('refuses a rule without twin, and sends to the queue what belongs there', async () => {
    const lost = letterOf(event, ruleAttributes());
    const queued = letterOf(event, ruleAttributes(QUEUE_ARN));
    const scene = createScene({ letters: { rule: [lost, queued] } });
    await scene.invoke({ action: 'park' });
    const { parked } = await scene.invoke(everything);
    expect(parked).toMatchObject({ results: { redriven: 1, refused: 1 } });
    expect(scene.sent.map(({ body }) => body)).toEqual([event]);
  });
});

describe('an outcome that is not known', () => {
  const refused = async (scene: Scene, command: object, words: RegExp) => {
    const { parked } = await scene.invoke(command);
    expect(parked).toMatchObject({ results: { refused: 1, redriven: 0 } });
    expect(Object.keys(Object(parked).byReason).join()).toMatch(words);
    expect(isParked(scene, scene.unclear)).toBe(true);
    expect(scene.sent).toEqual([]);
  };

  it('is not guessed', async () => {
    await refused(await parkedScene(), unclearOnly, /find out/);
  });

  it.each([{ applied: true }, { notApplied: true }])('is all that %j is for', async (said) => {
    const scene = await parkedScene();
    const filter = { id: [scene.wrong.messageId] };
    const { parked } = await scene.invoke({ action: 'unpark', filter, ...said });
    expect(Object.keys(Object(parked).byReason).join()).toMatch(/only an outcome/);
    expect(isParked(scene, scene.wrong)).toBe(true);
  });

  it('applied: the record is closed with the record id, and the request goes back', async () => {
    const scene = await parkedScene();
    record(scene, scene.now().getTime() - 1);
    await scene.invoke({ ...unclearOnly, applied: true, recordId: '500000000000001' });
    expect(JSON.parse(closed(scene) ?? '')).toEqual({
      kind: 'success',
      status: 201,
      body: { id: '500000000000001', success: true, errors: [] },
    });
    expect(scene.sent).toMatchObject([{ body: create }]);
    expect(redriveOf(scene.sent[0]?.attributes).messageId).toBe('first');
    expect(isParked(scene, scene.unclear)).toBe(false);
  });

  it('applied: where the record has expired, a closed one takes its place', async () => {
    const scene = await parkedScene();
    await scene.invoke({ ...unclearOnly, applied: true });
    expect(JSON.parse(closed(scene) ?? '').body).toEqual({});
    expect(scene.table.items.get(effect.effectId)?.['payloadHash']?.S).toBe(effect.payloadHash);
    expect(scene.sent).toHaveLength(1);
  });

  it('applied, and closed by now: the record keeps the outcome that it has', async () => {
    const scene = await parkedScene();
    record(scene, 0);
    const item = scene.table.items.get(effect.effectId) ?? {};
    const outcome = { S: '{"kind":"success","status":201,"body":{"id":"own"}}' };
    scene.table.items.set(effect.effectId, { ...item, outcome });
    await scene.invoke({ ...unclearOnly, applied: true, recordId: '500000000000001' });
    expect(closed(scene)).toBe(outcome.S);
    expect(scene.sent).toHaveLength(1);
  });

  it('notApplied: the record is forgotten, and the request goes back', async () => {
    const scene = await parkedScene();
    record(scene, scene.now().getTime() - 1);
    await scene.invoke({ ...unclearOnly, notApplied: true });
    expect(scene.table.items.size).toBe(0);
    expect(scene.sent).toMatchObject([{ body: create }]);
    expect(isParked(scene, scene.unclear)).toBe(false);
  });

  it('notApplied, but closed by now: is refused, and the record stays', async () => {
    const scene = await parkedScene();
    record(scene, 0);
    const item = scene.table.items.get(effect.effectId) ?? {};
    scene.table.items.set(effect.effectId, { ...item, outcome: { S: '{"kind":"success"}' } });
    await refused(scene, { ...unclearOnly, notApplied: true }, /has been made/);
    expect(closed(scene)).toBeDefined();
  });

  it.each([{ applied: true }, { notApplied: true }])(
    '%j is refused while an invocation is at it',
    async (said) => {
      const scene = await parkedScene();
      record(scene, scene.now().getTime() + 10_000);
      await refused(scene, { ...unclearOnly, ...said }, /just now/);
      expect(closed(scene)).toBeUndefined();
      expect(scene.table.items.size).toBe(1);
    },
  );

  it.each([{ applied: true }, { notApplied: true }])(
    '%j is refused when the key is by now for another payload',
    async (said) => {
      const scene = await parkedScene();
      record(scene, 0, 'other-hash');
      await refused(scene, { ...unclearOnly, ...said }, /another payload/);
    },
  );

  it('of which nothing names the record is refused as applied, and sent back as notApplied', async () => {
    const scene = await parkedScene(undefined, {});
    await refused(scene, { ...unclearOnly, applied: true }, /once-only table/);
    await scene.invoke({ ...unclearOnly, notApplied: true });
    expect(scene.sent).toHaveLength(1);
  });

  it('a dry run tells what is in the way, and changes no record', async () => {
    const scene = await parkedScene();
    record(scene, scene.now().getTime() + 10_000);
    const { parked } = await scene.invoke({ ...unclearOnly, applied: true, dryRun: true });
    expect(Object(parked).letters).toMatchObject([
      { decision: 'refuse', why: expect.stringMatching(/just now/) },
    ]);
    expect(closed(scene)).toBeUndefined();
  });
});
