import { describe, expect, it } from 'vitest';
import { SeenIds } from '../../../functions/dlq-reprocessor/progress.ts';

describe('the ids that a command has seen', () => {
  it('are known in its next invocation', () => {
    const seenIds = new SeenIds();
    seenIds.add('one');
    seenIds.add('two');
    const next = new SeenIds(seenIds.text());
    expect(['one', 'two', 'three'].map((id) => next.has(id))).toEqual([true, true, false]);
    expect(next.text()).toBe(seenIds.text());
    expect(seenIds.text()).toHaveLength(16);
  });
});
