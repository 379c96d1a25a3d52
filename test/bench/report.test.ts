import { describe, expect, it } from 'vitest';
import { exactly } from '../../bench/harness.ts';
import { checkGoal, rowsOf, type Section, toText } from '../../bench/report.ts';

const section = {
  title: 'a thing',
  unit: 'ms',
  results: [exactly('peer', 120), exactly('ours', 60), exactly('floor', 20)],
  goal: { name: 'ours', ratio: 0.5 },
} satisfies Section;

const textOf = (one: Section): string | undefined => checkGoal(one)?.text;

describe('a section of a report', () => {
  it('has ratios relative to its first row', () => {
    expect(checkGoal(section)).toEqual({ isReached: true, text: 'goal ≤ 0.5: reached (0.50)' });
    expect(rowsOf(section).map(([ratio]) => ratio)).toEqual(['1.00', '0.50', '0.17']);
  });

  it('subtracts the floor from both figures of a ratio', () => {
    const floored = { ...section, floor: 'floor' };
    expect(textOf(floored)).toBe("goal ≤ 0.5: reached (0.40, 'floor' subtracted)");
    expect(toText(floored)).toMatch(/0\.40 .*60 ms .*ours/);
  });

  it('marks a goal that is not reached, and prints small ratios with more digits', () => {
    const missed = { ...section, goal: { name: 'ours', ratio: 0.4 } };
    expect(checkGoal(missed)).toEqual({
      isReached: false,
      text: 'goal ≤ 0.4: NOT reached (0.50)',
    });
    const few = { ...section, results: [exactly('peer', 1_000), exactly('ours', 19)] };
    expect(toText(few)).toContain('0.019');
  });

  it('compares a figure with the maximum of the goal', () => {
    expect(textOf({ ...section, goal: { name: 'ours', atMost: 60 } })).toBe(
      'goal ≤ 60 ms: reached (60)',
    );
    expect(textOf({ ...section, goal: { name: 'ours', atMost: 59.9 } })).toBe(
      'goal ≤ 59.9 ms: NOT reached (60)',
    );
  });

  it.each([
    [101.9, 'goal ± 2 %: reached (+1.9 %)'],
    [98.1, 'goal ± 2 %: reached (-1.9 %)'],
    [102.1, 'goal ± 2 %: NOT reached (+2.1 %)'],
    [97.9, 'goal ± 2 %: NOT reached (-2.1 %)'],
  ])('compares %d to 100 with the range of the goal', (value, text) => {
    const results = [exactly('few', 100), exactly('many', value)];
    expect(textOf({ ...section, results, goal: { name: 'many', within: 0.02 } })).toBe(text);
  });

  it.each([{ ratio: 1 }, { atMost: 1_000 }, { within: 1 }])(
    'never reaches %j by a row that is missing',
    (goal) => {
      expect(checkGoal({ ...section, goal: { name: 'nobody', ...goal } })?.isReached).toBe(false);
    },
  );

  it('has no result without a goal', () => {
    const { goal: _goal, ...rest } = section;
    expect(checkGoal(rest)).toBeUndefined();
    expect(toText(rest)).not.toContain('goal');
  });
});
