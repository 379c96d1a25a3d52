import { describe, expect, it } from 'vitest';
import { inProgressRecord } from '../../../functions/common/idempotency-record.ts';
import { redriveOf } from './harness.ts';
import { create, effect, isParked, parkedScene, type Scene } from './unpark-scene.ts';

const unclearOnly = { action: 'unpark', filter: { reason: 'OUTCOME_UNKNOWN' } };

const record = (scene: Scene, untilMs: number, payloadHash = effect.payloadHash): void => {
  const until = String(untilMs);
  const open = { effectId: effect.effectId, payloadHash, owner: 'dead', until };
  scene.table.items.set(effect.effectId, inProgressRecord(open, { N: '0' }));
};
const completed = (scene: Scene) => scene.table.items.get(effect.effectId)?.['outcome']?.S;

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
