import { describe, expect, it } from 'vitest';
import { createSeenIds } from '../../../functions/dlq-reprocessor/progress.ts';

describe('the ids that a command has seen', () => {
  it('are known again in its next invocation', () => {
    const seenIds = createSeenIds();
    seenIds.add('one');
    seenIds.add('two');
    const next = createSeenIds(seenIds.text());
    expect(['one', 'two', 'three'].map(next.has)).toEqual([true, true, false]);
    expect(next.text()).toBe(seenIds.text());
    expect(seenIds.text()).toHaveLength(16);
  });
});
