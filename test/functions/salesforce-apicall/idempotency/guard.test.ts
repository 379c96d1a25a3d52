import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../../functions/salesforce-apicall/outcome/failure-class.ts';
import { create, created, DAY_SECONDS, failed, IN_PROGRESS_MS, scene } from './scene.ts';

const never = (): Promise<Outcome> => new Promise(() => undefined);

describe('the idempotency guard', () => {
  it('answers a repeat of another invocation with the first outcome, without a call', async () => {
    const { calls, invocation } = scene();
    await invocation('a')(created);
    expect(await invocation('b')(failed('retry-soon'))).toEqual(created);
    expect(calls()).toBe(1);
  });

  it('keeps its record for the retention, in the seconds that DynamoDB expires by', async () => {
    const { invocation, items, now } = scene();
    await invocation('a')(created);
    const [item] = items.values();
    expect(Number(item?.['expiration']?.N)).toBe(now() / 1000 + 30 * DAY_SECONDS);
    expect(item?.['id']?.S).toMatch(/^[0-9a-f]{64}$/);
  });

  it('stores nothing of the request in clear', async () => {
    const { invocation, items } = scene();
    await invocation('a')(created, create({ payload: { LastName: 'Confidential' } }), 'event-key');
    expect(JSON.stringify([...items])).not.toMatch(/Confidential|event-key|Contact/);
  });

  it('lets a repeat wait while another invocation may still be at it', async () => {
    const { calls, invocation, pass } = scene();
    void invocation('a')(never);
    await expect.poll(calls).toBe(1);
    pass(IN_PROGRESS_MS - 1_500);
    expect(await invocation('b')(created)).toMatchObject({ waitSeconds: 2 });
    expect(calls()).toBe(1);
  });

  it('never makes a call again whose invocation died over it', async () => {
    const { calls, invocation, pass } = scene();
    void invocation('a')(never);
    await expect.poll(calls).toBe(1);
    pass(IN_PROGRESS_MS);
    for (const owner of ['b', 'c', 'b'])
      expect(await invocation(owner)(created)).toMatchObject({ class: 'outcome-unknown' });
    expect(calls()).toBe(1);
  });

  it('never makes a call again whose outcome is not known', async () => {
    const { calls, invocation, pass } = scene();
    expect(await invocation('a')(failed('outcome-unknown'))).toMatchObject({
      class: 'outcome-unknown',
    });
    pass(7 * DAY_SECONDS * 1000);
    expect(await invocation('a')(created)).toMatchObject({ class: 'outcome-unknown' });
    expect(calls()).toBe(1);
  });

  it.each(['retry-soon', 'retry-later', 'permanent-data', 'configuration'] as const)(
    'forgets a call that ended as %s, so that it may be made again',
    async (name) => {
      const { invocation, items } = scene();
      await invocation('a')(failed(name));
      expect(items.size).toBe(0);
      expect(await invocation('b')(created)).toEqual(created);
    },
  );

  it('rejects a key that was used with another payload', async () => {
    const { calls, invocation } = scene();
    const keyed = (LastName: string) => create({ idempotencyKey: 'k', payload: { LastName } });
    await invocation('a')(created, keyed('N'));
    await expect(invocation('a')(created, keyed('M'))).rejects.toMatchObject({
      code: 'request-validation',
      message: expect.stringContaining('idempotencyKey'),
    });
    expect(calls()).toBe(1);
  });

  it.each([
    ['another object', create({ object: 'Lead' }), 'event-1'],
    ['another event', create(), 'event-2'],
    ['a key of its own', create({ idempotencyKey: 'k' }), 'event-1'],
  ])('holds %s for another effect', async (_what, request, eventKey) => {
    const { calls, invocation } = scene();
    await invocation('a')(created);
    await invocation('a')(created, request, eventKey);
    expect(calls()).toBe(2);
  });

  it('takes two events with one key for one effect', async () => {
    const { calls, invocation } = scene();
    await invocation('a')(created, create({ idempotencyKey: 'k' }), 'event-1');
    await invocation('a')(created, create({ idempotencyKey: 'k' }), 'event-2');
    expect(calls()).toBe(1);
  });

  it.each(['GET', 'PATCH', 'PUT', 'DELETE', 'HEAD'])('leaves %s alone', async (action) => {
    const { calls, invocation, items } = scene();
    await invocation('a')(created, create({ action }));
    await invocation('a')(created, create({ action }));
    expect([calls(), items.size]).toEqual([2, 0]);
  });

  it('makes no call when its table does not answer', async () => {
    const { calls, invocation, mock } = scene();
    mock.on(PutItemCommand).rejects(new Error('away'));
    await expect(invocation('a')(created)).rejects.toThrow('away');
    expect(calls()).toBe(0);
  });

  it('makes the call whose claim was written although the answer to that was lost', async () => {
    const { calls, invocation, mock } = scene();
    // The SDK asks again with the same item, and meets its own.
    mock.on(PutItemCommand).callsFakeOnce(({ Item }) => {
      throw new ConditionalCheckFailedException({ $metadata: {}, message: 'no', Item });
    });
    expect(await invocation('a')(created)).toEqual(created);
    expect(calls()).toBe(1);
  });

  it('withdraws a claim whose answer never came, and only that', async () => {
    const { calls, invocation, items, mock, pass } = scene();
    void invocation('a')(never);
    await expect.poll(calls).toBe(1);
    const before = new Map(items);
    pass(1);
    mock.on(PutItemCommand).callsFake(({ Item }) => {
      if (!items.has(Item.id.S)) items.set(Item.id.S, Item);
      throw new Error('away');
    });
    for (const request of [create(), create({ object: 'Lead' })])
      await expect(invocation('a')(created, request)).rejects.toThrow('away');
    expect(items).toEqual(before);
    expect(calls()).toBe(1);
  });

  it('leaves a record that another process has taken over, and reports it', async () => {
    const { errors, invocation, items } = scene();
    const outcome = invocation('a')(async () => {
      for (const [id, item] of items) items.set(id, { ...item, owner: { S: 'b' } });
      return failed('retry-soon');
    });
    expect(await outcome).toMatchObject({ class: 'retry-soon' });
    expect(items.size).toBe(1);
    expect(errors).toHaveLength(1);
  });

  it('answers a repeat without a body that is too large to keep', async () => {
    const { invocation, items } = scene();
    const large = { ...created, body: { text: '€'.repeat(200_000) } };
    await invocation('a')(large);
    const [item] = items.values();
    expect(Buffer.byteLength(JSON.stringify(item))).toBeLessThan(400_000);
    expect(await invocation('b')(large)).toEqual({ ...created, body: {} });
  });
});
