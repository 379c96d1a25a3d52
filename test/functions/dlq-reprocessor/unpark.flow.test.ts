import { describe, expect, it } from 'vitest';
import { API_CALL_RULE_ARN, createScene, messageOf, QUEUE_ARN, redriveOf } from './harness.ts';
import { create, event, failure, isParked, parkedScene, ruleAttributes } from './unpark-scene.ts';

const everything = { action: 'unpark', filter: { key: 'parked/' } };

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
