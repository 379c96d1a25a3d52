/** How much of the invocation is left, in milliseconds: Lambda's `getRemainingTimeInMillis`. */
export type RemainingMs = () => number;

/** A call that may take less than this is not worth its request. */
const LEAST_MS = 500;

/**
 * Bounds an AWS call, its retries included, so that `reserveMs` of the invocation are left for what comes after it.
 *
 * @returns the option that every AWS SDK client's `send` takes.
 */
export const within = (
  remainingMs: RemainingMs,
  reserveMs: number,
): { abortSignal: AbortSignal } => ({
  abortSignal: AbortSignal.timeout(Math.max(Math.floor(remainingMs() - reserveMs), LEAST_MS)),
});
