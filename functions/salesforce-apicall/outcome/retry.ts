import { type Failure, isRetryable } from './failure-class.ts';

/** SQS' longest visibility timeout (Developer Guide, "Amazon SQS visibility timeout"): nothing waits for longer. */
const MAX_SECONDS = 12 * 3_600;

/** The `Retry-After` header in seconds, given as such or as a date (RFC 9110); `undefined` where it is neither. */
export function retryAfterSeconds(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Math.min(MAX_SECONDS, Number(text));
  const at = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) return undefined;
  return Math.min(MAX_SECONDS, Math.max(0, Math.ceil((at - nowMs) / 1_000)));
}

/** What becomes of a failed message: seen again after a while, or a dead letter now. */
export type Verdict =
  | { readonly kind: 'retry'; readonly delaySeconds: number }
  | { readonly kind: 'dead-letter'; readonly notBefore?: Date };

interface Attempt {
  /** How often the message has been received, this time included. */
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly now: Date;
  readonly random?: () => number;
}

/** SQS' longest visibility timeout (Developer Guide, "Amazon SQS visibility timeout"). */
const MAX_DELAY_SECONDS = 12 * 3600;

const SOON = { baseSeconds: 1, capSeconds: 300 };
const LATER = { baseSeconds: 300, capSeconds: 3600 };

/** Exponential back-off with full jitter above half of it; never earlier than the server asked. */
function delayOf(failure: Failure, { attempts, random = Math.random }: Attempt): number {
  const { baseSeconds, capSeconds } = failure.class === 'retry-later' ? LATER : SOON;
  const ceiling = Math.min(capSeconds, baseSeconds * 2 ** (attempts - 1));
  const delay = Math.max(ceiling / 2 + (random() * ceiling) / 2, failure.retryAfterSeconds ?? 0);
  return Math.min(MAX_DELAY_SECONDS, Math.ceil(delay));
}

/** The one place that says what is tried again and when. */
export function decideRetry(failure: Failure, attempt: Attempt): Verdict {
  if (!isRetryable(failure)) return { kind: 'dead-letter' };
  const delaySeconds = delayOf(failure, attempt);
  const tries = Math.min(attempt.maxAttempts, failure.maxTries ?? attempt.maxAttempts);
  if (attempt.attempts < tries) return { kind: 'retry', delaySeconds };
  if (failure.class !== 'retry-later') return { kind: 'dead-letter' };
  return { kind: 'dead-letter', notBefore: new Date(attempt.now.getTime() + delaySeconds * 1000) };
}

/** A tenth more at most, so that messages that wait for the same moment do not come back as one crowd. */
export const withJitter = (seconds: number, random = Math.random): number =>
  Math.min(MAX_DELAY_SECONDS, Math.ceil(seconds * (1 + random() / 10)));
