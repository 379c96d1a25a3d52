import { describe, expect, it } from 'vitest';
import { createPace } from '../../../functions/dlq-reprocessor/invocation.ts';

describe('the pace', () => {
  it('spaces moves evenly, and saves nothing up', async () => {
    let time = 1_000;
    const waits: number[] = [];
    const pace = createPace(
      10,
      () => time,
      async (ms) => {
        waits.push(ms);
        time += ms;
      },
    );
    await pace(10);
    await pace(5);
    await pace(1);
    expect(waits).toEqual([1_000, 500]);
    time += 60_000;
    await pace(10);
    await pace(10);
    expect(waits).toEqual([1_000, 500, 1_000]);
  });
});
