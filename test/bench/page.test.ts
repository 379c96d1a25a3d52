import { describe, expect, it } from 'vitest';
import { exactly, summarize } from '../../bench/harness.ts';
import { toPage } from '../../bench/page.ts';
import type { Goal } from '../../bench/report.ts';
import type { Finding } from '../../bench/store.ts';

const finding = (goal: Goal, isQuick = false): Finding => ({
  bench: {
    sections: [
      {
        title: 'a thing | that is measured',
        unit: 'ms',
        results: [summarize('peer', [100, 120, 140]), exactly('ours', 60)],
        goal,
      },
    ],
    notes: ['How it was measured.'],
  },
  at: '2026-03-01T10:00:00.000Z',
  isQuick,
  machine: { cores: 2, platform: 'linux x64', node: '24.0.0' },
});

const pageOf = (...findings: (Finding | undefined)[]): string =>
  toPage({
    parts: findings.map((one, index) => ({
      name: `part-${index}`,
      title: `Part ${index}`,
      finding: one,
    })),
    versions: { jsforce: '3.10.26' },
    explanations: 'Why it is so.\n',
  });

const reached = finding({ name: 'ours', ratio: 0.5 });
const missed = finding({ name: 'ours', ratio: 0.4 });

describe('toPage', () => {
  it('starts each table with the ratio, and ends it with the result of the goal', () => {
    const page = pageOf(reached);
    expect(page).toContain('| 1.00 | 120 ms | 100–140 | peer |\n| 0.50 | 60 ms |  | ours |');
    expect(page).toContain('\n\ngoal ≤ 0.5: reached (0.50)\n');
    expect(page).toContain('\n\n- How it was measured.\n');
  });

  it('escapes a vertical bar in a name', () => {
    expect(pageOf(reached)).toContain('| range | a thing \\| that is measured |');
  });

  it('lists every goal at the start, reached or not', () => {
    const [, goals = ''] = pageOf(reached, missed).split('## Goals');
    const [list] = goals.split('Why it is so.');
    expect(list).toContain('| ours | goal ≤ 0.5: reached (0.50) |');
    expect(list).toContain('| ours | goal ≤ 0.4: NOT reached (0.50) |');
  });

  it('highlights a goal that is not reached', () => {
    expect(pageOf(missed)).toContain('**goal ≤ 0.4: NOT reached (0.50)**');
  });

  it('states date and machine of each part, and whether it was a quick run', () => {
    const page = pageOf(reached, finding({ name: 'ours', ratio: 1 }, true));
    expect(page).toContain('## Part 0\n\nMeasured 2026-03-01: 2 cores, linux x64, Node 24.0.0.\n');
    expect(page).toContain('Node 24.0.0. **A quick run: too few rounds to rely on.**');
    expect(page).toMatch(/## Versions\n\n- jsforce 3\.10\.26\n$/);
  });

  it('names the parts that were not measured, and how to measure them', () => {
    const page = pageOf(reached, undefined);
    expect(page).toContain('## Part 1\n\n**Not measured:** `npm run bench -- part-1 --write`.\n');
  });
});
