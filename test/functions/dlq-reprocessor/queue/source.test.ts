import { describe, expect, it } from 'vitest';
import {
  createReceive,
  rememberDispatched,
} from '../../../../functions/dlq-reprocessor/queue/source.ts';
import { messageOf } from '../harness.ts';
import { MemoryQueue, memorySqs } from '../memory-sqs.ts';

function fill(count: number, body = '{}') {
  const messages = Array.from({ length: count }, () => messageOf(body));
  const memory = new MemoryQueue(messages, Date.now);
  const { client } = memorySqs({ q: memory });
  return { memory, receive: createReceive({ client, url: 'q' }, 120) };
}

describe('receiving a page', () => {
  it('makes more receives while the queue fills them, and fewer when it no longer does', async () => {
    const { receive } = fill(95);
    const pages: number[] = [];
    for (let index = 0; index < 6; index += 1) pages.push((await receive(50)).length);
    expect(pages).toEqual([10, 20, 40, 25, 0, 0]);
  });

  it('makes one receive where bodies are large', async () => {
    const { receive } = fill(30, 'x'.repeat(1_000_000));
    expect(await receive(50)).toHaveLength(10);
    expect(await receive(50)).toHaveLength(10);
  });

  it('returns the messages of the other receives when one fails, and rejects when all do', async () => {
    const { memory, receive } = fill(100);
    let calls = 0;
    memory.onReceive = () => {
      calls += 1;
      if (calls === 2 || calls > 3) throw new Error('unavailable');
      return undefined;
    };
    expect(await receive(50)).toHaveLength(10);
    expect(await receive(50)).toHaveLength(10);
    await expect(receive(50)).rejects.toThrow('unavailable');
  });
});

describe('the ids that a process has dispatched', () => {
  it('are remembered, up to a bound', () => {
    const dispatchedIds = new Set<string>();
    for (let index = 0; index <= 10_000; index += 1) rememberDispatched(dispatchedIds, `m${index}`);
    const has = (messageId: string) => dispatchedIds.has(messageId);
    expect([has('m0'), has('m1'), has('m10000')]).toEqual([false, true, true]);
  });
});
