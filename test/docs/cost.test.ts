import { describe, expect, it } from 'vitest';
import { totals } from '../../docs/cost.ts';
import { prices } from '../../docs/cost-table.ts';

/** Dollars of a month, with everything deployed. */
const MAX = { busy: 7, idle: 5 };

describe('docs/cost.ts', () => {
  it.each(['busy', 'idle'] as const)('keeps the %s month within its budget', (month) => {
    expect(totals()[month]).toBeLessThanOrEqual(MAX[month]);
  });

  // When there is room, ADR 49 no longer holds.
  it('leaves no room for a metric of accepted webhooks', () => {
    expect(totals().busy + prices['CloudWatch metric']).toBeGreaterThan(MAX.busy);
  });
});
