import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  InternalServerError,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  ResourceNotFoundException,
  ThrottlingException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { createGuard } from '../../../../functions/salesforce-apicall/idempotency/guard.ts';
import { IdempotencyTable } from '../../../../functions/salesforce-apicall/idempotency/table.ts';
import type {
  Failure,
  Outcome,
} from '../../../../functions/salesforce-apicall/outcome/failure-class.ts';
import { effectIds } from '../../../../functions/salesforce-apicall/request/idempotency-key.ts';
import { parseRequest } from '../../../../functions/salesforce-apicall/request/schema.ts';
import { memoryDynamo } from '../dynamodb-harness.ts';

const created: Outcome = { kind: 'success', status: 201, body: { id: '003' } };
const failed = (name: Failure['class']): Failure => ({
  kind: 'failure',
  class: name,
  errorCode: 'E',
  message: 'm',
  errors: [],
});

const create = (change: object = {}) =>
  parseRequest({
    action: 'POST',
    resource: 'sobjects',
    object: 'Contact',
    payload: { LastName: 'N' },
    ...change,
  });

const exception = { $metadata: {}, message: 'm' };

const IN_PROGRESS_MS = 60_000;
const DAY_SECONDS = 86_400;

/** One table, several invocations, and a clock. */
function scene() {
  const dynamo = memoryDynamo();
  const errors: unknown[] = [];
  let time = 1_000_000;
  let calls = 0;
  const invocation = (owner: string) => {
    const table = new IdempotencyTable({
      tableName: 'once',
      retentionDays: 30,
      inProgressMs: IN_PROGRESS_MS,
      owner,
      client: dynamo.client,
      now: () => time,
    });
    const guard = createGuard(table, (error) => errors.push(error));
    return async (
      outcome: Outcome | (() => Promise<Outcome>),
      request = create(),
      eventKey = 'event-1',
      closeMs = 10_000,
    ): Promise<Outcome> => {
      const time = { remainingMs: () => 10_000, reserveMs: 3_500 };
      const decision = await guard(effectIds(request, request.idempotencyKey ?? eventKey), time);
      if ('outcome' in decision) return decision.outcome;
      if (decision.kind === 'wait')
        return Object.assign(failed('retry-soon'), { waitSeconds: decision.waitSeconds });
      calls += 1;
      const made = typeof outcome === 'function' ? await outcome() : outcome;
      await decision.close(made, () => closeMs);
      return made;
    };
  };
  /** The first deletions fail. */
  const failDeletes = (times: number, error: () => Error): void => {
    let left = times;
    dynamo.mock.on(DeleteItemCommand).callsFake(({ Key }) => {
      left -= 1;
      if (left >= 0) throw error();
      dynamo.items.delete(Key.id.S);
      return {};
    });
  };
  const pass = (ms: number): void => {
    time += ms;
  };
  return { ...dynamo, calls: () => calls, errors, failDeletes, invocation, pass, now: () => time };
}

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

  const throttled = () =>
    new ThrottlingException({ $metadata: {}, message: 'Throughput exceeds the current capacity' });

  it.each([
    ['throttled', throttled],
    ['throttled by capacity', () => new ProvisionedThroughputExceededException(exception)],
    ['broken', () => new InternalServerError(exception)],
    ['out of reach', () => Object.assign(new Error('reset'), { code: 'ECONNRESET' })],
  ])(
    'releases a call that was not made, though the table is %s for a while',
    async (_how, error) => {
      const { errors, failDeletes, invocation, items, mock } = scene();
      failDeletes(3, error);
      await invocation('a')(failed('retry-soon'));
      expect(mock.commandCalls(DeleteItemCommand)).toHaveLength(4);
      expect([items.size, errors]).toEqual([0, []]);
      expect(await invocation('b')(created)).toEqual(created);
    },
  );

  it('stores a success, though the table throttles for a while', async () => {
    const { calls, errors, invocation, mock } = scene();
    mock.on(UpdateItemCommand).rejectsOnce(throttled()).rejectsOnce(throttled());
    expect(await invocation('a')(created)).toEqual(created);
    expect(errors).toEqual([]);
    expect(calls()).toBe(1);
  });

  it('withdraws a claim whose answer never came, though the table throttles for a while', async () => {
    const { calls, failDeletes, invocation, items, mock } = scene();
    mock.on(PutItemCommand).callsFakeOnce(({ Item }) => {
      items.set(Item.id.S, Item);
      throw throttled();
    });
    failDeletes(2, throttled);
    await expect(invocation('a')(created)).rejects.toThrow('Throughput');
    expect([items.size, calls()]).toEqual([0, 0]);
  });

  it('tries no longer than the invocation has time, and not again what is refused for itself', async () => {
    const { errors, invocation, mock } = scene();
    mock.on(DeleteItemCommand).rejects(throttled());
    await invocation('a')(failed('retry-soon'), create(), 'event-1', 1_300);
    const tried = mock.commandCalls(DeleteItemCommand).length;
    expect(tried).toBeGreaterThan(1);
    mock.on(DeleteItemCommand).rejects(new ResourceNotFoundException(exception));
    await invocation('a')(failed('retry-soon'), create(), 'event-2');
    expect(mock.commandCalls(DeleteItemCommand)).toHaveLength(tried + 1);
    expect(errors).toHaveLength(2);
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
