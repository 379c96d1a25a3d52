import { policyOf } from '#common/failure-policy.ts';
import type { Failure } from './failure-class.ts';

/** SQS' longest visibility timeout (Developer Guide, "Amazon SQS visibility timeout"): no delay is longer. */
const MAX_DELAY_SECONDS = 12 * 3_600;

/** The header `Retry-After` in seconds, from a number or a date (RFC 9110); `undefined` if it is neither. */
export function retryAfterSeconds(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Math.min(MAX_DELAY_SECONDS, Number(text));
  const at = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) return undefined;
  return Math.min(MAX_DELAY_SECONDS, Math.max(0, Math.ceil((at - nowMs) / 1_000)));
}

/** A failed message is retried after a delay, or dead-lettered now. `notBefore`: a redrive before then is pointless. */
export type RetryDecision =
  | { readonly kind: 'retry'; readonly delaySeconds: number }
  | { readonly kind: 'dead-letter'; readonly notBefore?: Date };

interface Attempt {
  /** Failed attempts, this one included. */
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly now: Date;
  readonly random?: () => number;
}

/**
 * Whether and when a failed attempt is followed by another, by the policy of its class. Not called for a failure that opened the
 * circuit breaker: its message waits, uncounted (disposition.ts).
 */
export function decideRetry(failure: Failure, attempt: Attempt): RetryDecision {
  const { retry, redrive } = policyOf(failure.class);
  if (retry === 'never') return { kind: 'dead-letter' };
  const { attempts, now, random = Math.random } = attempt;
  const ceiling = Math.min(retry.capSeconds, retry.baseSeconds * 2 ** (attempts - 1));
  // Jitter over the upper half; never earlier than the server asked for.
  const delay = Math.max(ceiling / 2 + (random() * ceiling) / 2, failure.retryAfterSeconds ?? 0);
  const delaySeconds = Math.min(MAX_DELAY_SECONDS, Math.ceil(delay));
  const ofClass = retry.attempts === 'MaxAttempts' ? attempt.maxAttempts : retry.attempts;
  const maxAttempts = Math.min(attempt.maxAttempts, failure.maxAttempts ?? ofClass, ofClass);
  if (attempts < maxAttempts) return { kind: 'retry', delaySeconds };
  if (redrive !== 'after back-off') return { kind: 'dead-letter' };
  return { kind: 'dead-letter', notBefore: new Date(now.getTime() + delaySeconds * 1_000) };
}

/** Adds up to a tenth, so that messages that wait for the same moment don't all return at once. */
export const withJitter = (seconds: number, random = Math.random): number =>
  Math.min(MAX_DELAY_SECONDS, Math.ceil(seconds * (1 + random() / 10)));
