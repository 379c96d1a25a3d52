import type { Log } from '#common/logger.ts';
import type { Outcome } from '../outcome/failure-class.ts';
import type { ProcessRequests, RequestResult } from '../process.ts';
import { type BreakerState, breakerReasonOf, isOpen, nextState } from './state.ts';
import type { BreakerTable } from './table.ts';

interface CircuitBreakerDependencies {
  readonly state: BreakerTable;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const outcomesOf = (results: readonly RequestResult[]): Outcome[] =>
  results.flatMap((result) => ('outcome' in result ? [result.outcome] : []));

/** A request that opened the breaker, or was not started because of that, waits until the breaker closes. */
function afterOpening(result: RequestResult, waitSeconds: number): RequestResult {
  if (result.kind === 'not-started') return { kind: 'wait', waitSeconds };
  if (result.kind !== 'finished' || breakerReasonOf(result.outcome) === undefined) return result;
  return { ...result, kind: 'breaker-opened', waitSeconds };
}

/**
 * Makes all requests wait while the circuit breaker is open, and opens or closes it by the outcomes of those that are made.
 * All containers share one breaker, whose state is read once per batch. If it can't be read, calls are made as if it were
 * closed. If it can't be written, an opening reaches this batch only, and a closing is left to a later batch.
 */
export function withCircuitBreaker(
  processRequests: ProcessRequests,
  { state, log, now }: CircuitBreakerDependencies,
): ProcessRequests {
  const logUnavailable = (error: unknown): undefined => {
    log.error('breaker state unavailable', { error });
  };

  const secondsUntil = ({ openUntil }: BreakerState): number =>
    Math.ceil((openUntil.getTime() - now()) / 1_000);

  /** @returns how many seconds the breaker stays open, if the outcomes have opened it. */
  const update = async (
    before: BreakerState | undefined,
    outcomes: readonly Outcome[],
  ): Promise<number | undefined> => {
    const next = nextState(before, outcomes, new Date(now()));
    if (next === undefined) return undefined;
    await state.write(next).catch(logUnavailable);
    if (next === 'closed') return undefined;
    log.warn('breaker opened', next, { values: { BreakerOpened: 1 }, dimensions: [['reason']] });
    return secondsUntil(next);
  };

  return async (requests, remainingMs) => {
    if (requests.length === 0) return [];
    const before = await state.read().catch(logUnavailable);
    if (isOpen(before, new Date(now()))) {
      const metrics = { values: { BreakerOpen: 1 }, dimensions: [['reason']] };
      log.info('breaker open', before, metrics);
      return requests.map(() => ({ kind: 'wait', waitSeconds: secondsUntil(before) }));
    }
    const results = await processRequests(requests, remainingMs);
    const waitSeconds = await update(before, outcomesOf(results));
    if (waitSeconds === undefined) return results;
    return results.map((result) => afterOpening(result, waitSeconds));
  };
}
