import {
  DeleteItemCommand,
  InternalServerError,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  ResourceNotFoundException,
  ThrottlingException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { create, created, failed, scene } from './scene.ts';

const exception = { $metadata: {}, message: 'm' };

describe('the idempotency guard, when its table does not take a write,', () => {
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
    await invocation('a')(failed('retry-soon'), create(), 'event-1', 5_300);
    const tried = mock.commandCalls(DeleteItemCommand).length;
    expect(tried).toBeGreaterThan(1);
    mock.on(DeleteItemCommand).rejects(new ResourceNotFoundException(exception));
    await invocation('a')(failed('retry-soon'), create(), 'event-2');
    expect(mock.commandCalls(DeleteItemCommand)).toHaveLength(tried + 1);
    expect(errors).toHaveLength(2);
  });
});
