import { describe, expect, it } from 'vitest';
import { sqsRecord } from '../harness.ts';
import { create, created, createScene, limited, update } from '../scene.ts';

const HOUR = 3_600_000;

const record = (messageId: string, body: object = create(messageId)) =>
  sqsRecord(body, { messageId });

/** A pause, as the command and the reprocessor write it, beside what else the item holds. */
function pause({ clock, items }: ReturnType<typeof createScene>, untilMs: number): void {
  const attribute = {
    M: { since: { N: String(clock.now) }, until: { N: String(clock.now + untilMs) } },
  };
  items.set('breaker', { ...items.get('breaker'), id: { S: 'breaker' }, pause: attribute });
}

const attemptsIn = ({ items }: ReturnType<typeof createScene>): string[] =>
  [...items.keys()].filter((id) => id !== 'breaker');

describe('during a pause', () => {
  it('messages go back to the queue for a minute: no call, no attempt, no idempotency record', async () => {
    const scene = createScene();
    pause(scene, HOUR);
    const read = { action: 'GET', resource: 'sobjects', object: 'Contact', record: '003' };
    expect(await scene.run([record('a'), record('b', read)])).toEqual(['a', 'b']);
    expect([scene.calls, scene.deadLetters, attemptsIn(scene)]).toEqual([[], [], []]);
    for (const { delaySeconds } of scene.delays) expect(delaySeconds).toBeLessThanOrEqual(66);
    expect(scene.log.lines.map(([message]) => message)).toContain('api calls paused');
  });

  it('messages that were received almost too often are sent again, and never dead-lettered', async () => {
    const scene = createScene();
    pause(scene, HOUR);
    const sentAt = scene.clock.now;
    await scene.run([sqsRecord(create(), { receiveCount: 8, sentAt })]);
    expect([scene.requeued.length, scene.deadLetters, attemptsIn(scene)]).toEqual([1, [], []]);
  });

  it('a caller over HTTP is told to come back', async () => {
    const scene = createScene();
    pause(scene, HOUR);
    expect(await scene.send(() => create())).toMatchObject({
      category: 'error',
      data: { details: { errorCode: 'NOT_NOW', retryable: true } },
    });
    expect(scene.calls).toEqual([]);
  });

  it('an unreadable message is dead-lettered all the same', async () => {
    const scene = createScene();
    pause(scene, HOUR);
    expect(await scene.run([record('broken', Object('{'))])).toEqual([]);
  });
});

describe('a pause', () => {
  it('is over at its end, even if nothing has removed it', async () => {
    const scene = createScene();
    pause(scene, 2_000);
    expect(await scene.run([record('a')])).toEqual(['a']);
    expect(Math.max(...scene.delays.map(({ delaySeconds }) => delaySeconds))).toBeLessThanOrEqual(
      3,
    );
    scene.clock.now += 2_000;
    expect(await scene.run([record('a')])).toEqual([]);
    expect(scene.calls).toHaveLength(1);
  });

  it('lets a batch that had begun before finish, calls that follow included', async () => {
    const scene = createScene({
      respond: () => {
        pause(scene, HOUR);
        return created;
      },
    });
    // Two changes of one record are two calls, one after the other.
    const batch = [record('a', update('003', '1')), record('b', update('003', '2'))];
    expect(await scene.run(batch)).toEqual([]);
    expect(scene.calls).toHaveLength(2);
    expect(await scene.run([record('c')])).toEqual(['c']);
    expect(scene.calls).toHaveLength(2);
  });

  it('outlasts the breaker that opens and closes, and leaves it as it is', async () => {
    let isLimited = true;
    const scene = createScene({ respond: () => (isLimited ? limited : created) });
    pause(scene, 1_000);
    const before = scene.items.get('breaker');
    scene.clock.now += 1_000;
    await scene.run([record('a')]);
    expect(scene.items.get('breaker')).toMatchObject({ ...before, reason: { S: 'limit' } });
    isLimited = false;
    scene.clock.now += 300_001;
    expect(await scene.run([record('a')])).toEqual([]);
    const { expiration: _ttl, ...after } = scene.items.get('breaker') ?? {};
    expect(after).toEqual(before);
  });

  it('does not use up the first call of a breaker that was open', async () => {
    const scene = createScene({ respond: () => limited });
    await scene.run([record('a')]);
    pause(scene, 2 * HOUR);
    scene.clock.now += HOUR;
    await scene.run([record('a')]);
    expect(scene.items.get('breaker')).not.toHaveProperty('probeUntil');
    expect(scene.calls).toHaveLength(1);
  });
});
