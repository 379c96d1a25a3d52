import { describe, expect, it } from 'vitest';
import { type Section, toText, verdict } from '../../bench/report.ts';

const row = (name: string, median: number) => ({ name, median, low: median, high: median });
const section: Section = {
  title: 'a thing',
  unit: 'ms',
  results: [row('peer', 120), row('ours', 60), row('floor', 20)],
  goal: { name: 'ours', ratio: 0.5 },
};

describe('a section', () => {
  it('tells ratios against its first row', () => {
    expect(verdict(section)).toBe('goal ≤ 0.5: reached (0.50)');
  });

  it('takes the floor off both sides where there is one', () => {
    const floored = { ...section, floor: 'floor' };
    expect(verdict(floored)).toBe("goal ≤ 0.5: reached (0.40, 'floor' subtracted)");
    expect(toText(floored)).toMatch(/0\.40 .*60\.0 ms .*ours/);
  });

  it('says when the goal is not reached, and small ratios exactly', () => {
    const missed = { ...section, goal: { name: 'ours', ratio: 0.4 } };
    expect(verdict(missed)).toBe('goal ≤ 0.4: not reached (0.50)');
    const few = { ...section, results: [row('peer', 1_000), row('ours', 19)] };
    expect(toText(few)).toContain('0.019');
  });

  it('is never reached by a row that is missing', () => {
    expect(verdict({ ...section, goal: { name: 'nobody', ratio: 1 } })).toContain('not reached');
  });
});
