import { type BreakerReason, type CircuitBreakerPolicy, policyOf } from '#common/failure-policy.ts';
import type { Failure, Outcome } from '../outcome/failure-class.ts';

/** An open breaker: no call is made until `openUntil`. `times`: how often in a row it has opened. */
export interface BreakerState {
  readonly reason: BreakerReason;
  readonly openUntil: Date;
  readonly times: number;
}

/** The login was refused, or Salesforce rejected a token right after a login. */
const isLoginRefused = ({ isLogin, status }: Failure): boolean =>
  isLogin === true || status === 401;

/** The policy by which a failure opens the breaker, because every other call would fail the same way; `undefined`: it doesn't. */
function openingOf(failure: Failure): CircuitBreakerPolicy | undefined {
  const policy = policyOf(failure.class).circuitBreaker;
  if (policy === 'unaffected' || policy.exceptCodes?.includes(failure.errorCode)) return undefined;
  return policy.opensOn === 'every failure' || isLoginRefused(failure) ? policy : undefined;
}

/** Why an outcome opens the breaker; `undefined`: it doesn't. */
export const breakerReasonOf = (outcome: Outcome): BreakerReason | undefined =>
  outcome.kind === 'failure' ? openingOf(outcome)?.reason : undefined;

/** The state that a failure opens the breaker with, after `timesBefore` openings in a row. */
function openedBy(failure: Failure, timesBefore: number, now: Date): BreakerState | undefined {
  const policy = openingOf(failure);
  if (policy === undefined) return undefined;
  const seconds = Math.min(policy.longestSeconds, policy.firstSeconds * 2 ** timesBefore);
  const waitSeconds = Math.max(seconds, failure.retryAfterSeconds ?? 0);
  const openUntil = new Date(now.getTime() + waitSeconds * 1_000);
  return { reason: policy.reason, times: timesBefore + 1, openUntil };
}

export const isOpen = (state: BreakerState | undefined, now: Date): state is BreakerState =>
  state !== undefined && state.openUntil > now;

/** The state after calls with these outcomes: opened for longer than before, closed, or (`undefined`) unchanged. */
export function nextState(
  before: BreakerState | undefined,
  outcomes: readonly Outcome[],
  now: Date,
): BreakerState | 'closed' | undefined {
  const failures = outcomes.filter((outcome) => outcome.kind === 'failure');
  const [opened] = failures.flatMap((failure) => openedBy(failure, before?.times ?? 0, now) ?? []);
  if (opened) return opened;
  const hasSucceeded = outcomes.some(({ kind }) => kind === 'success');
  return before && hasSucceeded ? 'closed' : undefined;
}
