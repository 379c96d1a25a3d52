import type { Log } from '#common/logger.ts';
import type { CountMetric } from '#common/metrics.ts';
import type { Outcome } from '../outcome/failure-class.ts';
import { notStarted, type ProcessingResult, type ProcessRequests } from '../process.ts';
import {
  type BreakerState,
  type BreakerTable,
  breakerReasonOf,
  isOpen,
  nextState,
} from './state.ts';

interface CircuitBreakerDependencies {
  readonly state: BreakerTable;
  readonly log: Log;
  readonly count: CountMetric;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** SQS' longest visibility timeout (Developer Guide, "Amazon SQS visibility timeout"). */
const MAX_WAIT_SECONDS = 12 * 3_600;

const outcomesOf = (results: readonly ProcessingResult[]): Outcome[] =>
  results.flatMap((result) => ('outcome' in result ? [result.outcome] : []));

/** A request that opened the breaker, or was not started because of that, waits until the breaker closes. */
function deferredBy(result: ProcessingResult, waitSeconds: number): ProcessingResult {
  if (result === notStarted) return { waitSeconds };
  const hasOpened = outcomesOf([result]).some((outcome) => breakerReasonOf(outcome) !== undefined);
  return hasOpened ? { ...result, waitSeconds } : result;
}

/**
 * Defers all requests while the circuit breaker is open, and opens or closes it by the outcomes of those that are made. One
 * breaker serves all containers; its state is read once per batch. While the table is not available it neither opens nor closes.
 */
export function withCircuitBreaker(
  processRequests: ProcessRequests,
  { state, log, count, now }: CircuitBreakerDependencies,
): ProcessRequests {
  const logUnavailable = (error: unknown): undefined => {
    log.error('breaker not known', { error });
  };

  const secondsUntil = ({ openUntil }: BreakerState): number =>
    Math.min(MAX_WAIT_SECONDS, Math.ceil((openUntil.getTime() - now()) / 1_000));

  /** @returns for how many seconds the outcomes have opened the breaker; `undefined`: they have not. */
  const update = async (
    before: BreakerState | undefined,
    outcomes: readonly Outcome[],
  ): Promise<number | undefined> => {
    const next = nextState(before, outcomes, new Date(now()));
    if (next === undefined) return undefined;
    await state.write(next).catch(logUnavailable);
    if (next === 'closed') return undefined;
    log.warn('breaker opened', { ...next });
    count('BreakerOpened', { reason: next.reason });
    return secondsUntil(next);
  };

  return async (requests, remainingMs) => {
    if (requests.length === 0) return [];
    const before = await state.read().catch(logUnavailable);
    if (isOpen(before, new Date(now()))) {
      log.info('breaker open', { ...before });
      count('BreakerOpen', { reason: before.reason });
      return requests.map(() => ({ waitSeconds: secondsUntil(before) }));
    }
    const results = await processRequests(requests, remainingMs);
    const waitSeconds = await update(before, outcomesOf(results));
    if (waitSeconds === undefined) return results;
    return results.map((result) => deferredBy(result, waitSeconds));
  };
}
