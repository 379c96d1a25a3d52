import type { BreakerReason, BreakerScope } from '#common/failure-policy-type.ts';
import type { Evidence } from './evidence.ts';

/** An open breaker: calls of its scope are held back until `openUntil`. `times`: how often in a row it has opened. */
export interface BreakerState {
  readonly reason: BreakerReason;
  readonly scope: BreakerScope;
  readonly openUntil: Date;
  readonly times: number;
}

export const isOpen = (state: BreakerState, now: Date): boolean => state.openUntil > now;

/** The state that evidence opens the breaker with, for longer than before if it was open until now. */
export function openedBy(
  { policy, scope, retryAfterSeconds = 0 }: Evidence,
  before: BreakerState | undefined,
  now: Date,
): BreakerState {
  const times = (before?.times ?? 0) + 1;
  const seconds = Math.min(policy.longestSeconds, policy.firstSeconds * 2 ** (times - 1));
  const waitSeconds = Math.max(seconds, retryAfterSeconds);
  const openUntil = new Date(now.getTime() + waitSeconds * 1_000);
  return { reason: policy.reason, scope, times, openUntil };
}
