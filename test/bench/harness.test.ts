import { describe, expect, it } from 'vitest';
import { type Case, compare, summarize } from '../../bench/harness.ts';

/** A case that returns its position among all measurements. */
function casesInTurns(names: readonly string[]): { cases: Case[]; turns: string[] } {
  const turns: string[] = [];
  const cases = names.map((name) => ({
    name,
    measure: async () => {
      turns.push(name);
      return { turn: turns.length };
    },
  }));
  return { cases, turns };
}

describe('compare', () => {
  it('runs the cases in turns, starts each round with the next one, and discards the first round', async () => {
    const { cases, turns } = casesInTurns(['a', 'b']);
    const results = await compare(cases, 3);
    expect(turns.join('')).toBe('abbaabba');
    expect(results('turn').map(({ low, high }) => [low, high])).toEqual([
      [4, 8],
      [3, 7],
    ]);
  });

  it('returns results in the order of the cases', async () => {
    const { cases } = casesInTurns(['a', 'b', 'c']);
    expect((await compare(cases, 1))('turn').map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('omits cases that do not have a figure', async () => {
    const cases: Case[] = [
      { name: 'both', measure: async () => ({ ms: 1, mb: 2 }) },
      { name: 'one', measure: async () => ({ ms: 3 }) },
    ];
    const results = await compare(cases, 1);
    expect(results('ms')).toHaveLength(2);
    expect(results('mb').map(({ name }) => name)).toEqual(['both']);
  });

  it('rejects if one case fails', async () => {
    const broken = { name: 'broken', measure: () => Promise.reject(new Error('ended with 1')) };
    await expect(compare([broken], 1)).rejects.toThrow('ended with 1');
  });
});

describe('summarize', () => {
  it('returns the median and the 5th to 95th percentile, whatever the order', () => {
    const values = Array.from({ length: 40 }, (_, index) => 40 - index);
    expect(summarize('n', values)).toEqual({ name: 'n', median: 21, low: 3, high: 39 });
  });

  it('returns NaN for no values', () => {
    expect(summarize('n', []).median).toBeNaN();
  });
});
