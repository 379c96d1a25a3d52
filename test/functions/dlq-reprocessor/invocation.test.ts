import { describe, expect, it } from 'vitest';
import { createRateLimiter } from '../../../functions/dlq-reprocessor/invocation.ts';

describe('the rate limiter', () => {
  it('spaces messages evenly, and saves no unused time', async () => {
    let time = 1_000;
    const waits: number[] = [];
    const limitRate = createRateLimiter(
      10,
      () => time,
      async (ms) => {
        waits.push(ms);
        time += ms;
      },
    );
    await limitRate(10);
    await limitRate(5);
    await limitRate(1);
    expect(waits).toEqual([1_000, 500]);
    time += 60_000;
    await limitRate(10);
    await limitRate(10);
    expect(waits).toEqual([1_000, 500, 1_000]);
  });
});
