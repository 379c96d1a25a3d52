import { describe, expect, it } from 'vitest';
import { failurePolicies } from '../../../../functions/common/failure-policy.ts';
import {
  type BreakerState,
  isOpen,
  openedBy,
} from '../../../../functions/salesforce-apicall/circuit-breaker/state.ts';

const now = new Date('2026-11-25T09:00:00Z');
const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1_000);
const evidence = (name: 'retry-soon' | 'retry-later' | 'configuration', more: object = {}) => ({
  policy: failurePolicies[name].circuitBreaker,
  scope: 'all' as const,
  isProof: true,
  ...more,
});
const stateOf = (times: number): BreakerState => ({
  reason: 'limit',
  scope: 'all',
  openUntil: later(-1),
  times,
});

describe('a circuit breaker', () => {
  it('is open until its time has come, not longer', () => {
    const state = { ...stateOf(1), openUntil: now };
    expect(isOpen(state, later(-0.001))).toBe(true);
    expect(isOpen(state, now)).toBe(false);
  });

  it.each([
    ['retry-soon', 'limit', [10, 20, 40, 80, 160, 300, 300]],
    ['retry-later', 'limit', [300, 600, 1_200, 2_400, 3_600, 3_600]],
    ['configuration', 'login', [60, 120, 240, 480, 900, 900]],
  ] as const)(
    'that %s opens waits twice as long each time, to a longest',
    (name, reason, waits) => {
      const opened = waits.map((_, times) =>
        openedBy(evidence(name), times === 0 ? undefined : stateOf(times), now),
      );
      expect(opened).toEqual(
        waits.map((seconds, times) => ({
          reason,
          scope: 'all',
          times: times + 1,
          openUntil: later(seconds),
        })),
      );
    },
  );

  it('waits for as long as the server asks where that is longer', () => {
    const asked = (retryAfterSeconds: number) =>
      openedBy(evidence('retry-later', { retryAfterSeconds }), undefined, now);
    expect(asked(10)).toMatchObject({ openUntil: later(300) });
    expect(asked(7_200)).toMatchObject({ openUntil: later(7_200) });
  });
});
