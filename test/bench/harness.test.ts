import { describe, expect, it } from 'vitest';
import { type Case, compare, summarize } from '../../bench/harness.ts';

/** A case that answers its turn among all measurements. */
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

describe('cases side by side', () => {
  it('run in turns, each round beginning with another one, the first thrown away', async () => {
    const { cases, turns } = casesInTurns(['a', 'b']);
    const results = await compare(cases, 3);
    expect(turns.join('')).toBe('abbaabba');
    expect(results('turn').map(({ low, high }) => [low, high])).toEqual([
      [4, 8],
      [3, 7],
    ]);
  });

  it('keep the order in which they were given', async () => {
    const { cases } = casesInTurns(['a', 'b', 'c']);
    expect((await compare(cases, 1))('turn').map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('are left out of a figure that they do not have', async () => {
    const cases: Case[] = [
      { name: 'both', measure: async () => ({ ms: 1, mb: 2 }) },
      { name: 'one', measure: async () => ({ ms: 3 }) },
    ];
    const results = await compare(cases, 1);
    expect(results('ms')).toHaveLength(2);
    expect(results('mb').map(({ name }) => name)).toEqual(['both']);
  });

  it('fail as a whole where one of them fails', async () => {
    const broken = { name: 'broken', measure: () => Promise.reject(new Error('ended with 1')) };
    await expect(compare([broken], 1)).rejects.toThrow('ended with 1');
  });
});

describe('a summary', () => {
  it('has the median and the range of nine tenths, whatever the order', () => {
    const values = Array.from({ length: 40 }, (_, index) => 40 - index);
    expect(summarize('n', values)).toEqual({ name: 'n', median: 21, low: 3, high: 39 });
  });

  it('of nothing is not a number', () => {
    expect(summarize('n', []).median).toBeNaN();
  });
});
