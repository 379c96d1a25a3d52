import { describe, expect, it } from 'vitest';
import { createScene, messageOf } from './harness.ts';

const request = '{"action":"GET","resource":"limits"}';
const many = (count: number) => Array.from({ length: count }, () => messageOf(request));

describe('a message that waits', () => {
  const later = { Failure: '{"class":"retry-later","notBefore":"2999-01-01T00:00:00Z"}' };
  const inAnHour = () => ({
    Failure: JSON.stringify({
      class: 'retry-later',
      notBefore: new Date(Date.now() + 3_600_000).toISOString(),
    }),
  });

  it('is hidden until it is due', async () => {
    const scene = createScene({ messages: { apicall: [messageOf(request, inAnHour())] } });
    expect((await scene.invoke()).queues?.apicall).toMatchObject({ results: { waiting: 1 } });
    scene.pass(3_590_000);
    expect((await scene.invoke()).queues?.apicall?.received).toBe(0);
    scene.pass(20_000);
    expect((await scene.invoke()).queues?.apicall).toMatchObject({ results: { redriven: 1 } });
  });

  it('ends a scheduled run after a hundred others that wait, but not a command', async () => {
    const waiting = () => Array.from({ length: 300 }, () => messageOf(request, inAnHour()));
    const scheduled = createScene({ messages: { apicall: waiting() } });
    const report = await scheduled.invoke({ unattended: true });
    expect(report.queues?.apicall).toMatchObject({ stoppedBy: 'waits' });
    expect(report.queues?.apicall?.received).toBeLessThan(150);
    const commanded = createScene({ messages: { apicall: waiting() } });
    expect((await commanded.invoke()).queues?.apicall?.received).toBe(300);
  });

  it('is parked when it would expire first', async () => {
    const scene = createScene({ messages: { apicall: [messageOf(request, later)] } });
    const report = await scene.invoke();
    expect(report.queues?.apicall).toMatchObject({ byReason: { RETENTION_ENDS: 1 } });
  });
});

describe('limits', () => {
  it('continues with the cursor after an invocation that reached its limit', async () => {
    const scene = createScene({ messages: { apicall: many(45), rule: many(5) } });
    const first = await scene.invoke({ limit: 13 });
    expect(first.queues?.apicall).toMatchObject({ received: 13, stoppedBy: 'limit' });
    expect(first.queues?.rule).toMatchObject({ received: 5, stoppedBy: 'empty' });
    const second = await scene.invoke({ cursor: first.cursor });
    expect(Object.keys(second.queues ?? {})).toEqual(['apicall']);
    expect(second.queues?.apicall).toMatchObject({ received: 32, stoppedBy: 'empty' });
    expect(second.cursor).toBeUndefined();
  });

  it('a scheduled run continues while there is time, and returns no cursor', async () => {
    const scene = createScene({ messages: { apicall: many(1200) } });
    const report = await scene.invoke({ unattended: true });
    expect(report.queues?.apicall).toMatchObject({ received: 1200, stoppedBy: 'empty' });
    let left = 60_000;
    const short = createScene({
      messages: { apicall: many(1200) },
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

  it('makes at most 0.35 SQS calls for each message of a full queue', async () => {
    const scene = createScene({ messages: { apicall: many(1000) } });
    await scene.invoke({ unattended: true });
    expect(scene.sqsCalls() / 1000).toBeLessThanOrEqual(0.35);
  });

  it('receives no more at once than the rate allows in a second', async () => {
    const scene = createScene({ messages: { apicall: many(20) }, ratePerSecond: 3 });
    let most = 0;
    scene.queues.apicall.onReceive = (max) => {
      most = Math.max(most, max);
      return undefined;
    };
    await scene.invoke();
    expect(most).toBe(3);
  });

  it('moves nothing when little time is left, and loses nothing', async () => {
    const answers = [100_000, 5_000];
    const scene = createScene({
      messages: { apicall: many(5) },
      remainingMs: () => answers.shift() ?? 5_000,
    });
    const report = await scene.invoke({ queue: 'apicall' });
    expect(report.queues?.apicall).toMatchObject({ received: 0, stoppedBy: 'time' });
    expect(scene.sent).toEqual([]);
    scene.pass(121_000);
    expect(scene.queues.apicall.counts()).toMatchObject({ visible: 5 });
  });
});
