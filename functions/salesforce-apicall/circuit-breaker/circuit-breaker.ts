import type { Log } from '#common/logger.ts';
import type { CountMetric } from '#common/metrics.ts';
import type { Outcome } from '../outcome/failure-class.ts';
import type { HeldBack, Perform, Performed } from '../result.ts';
import { type BreakerState, isOpen, nextState, type SharedState, tripOf } from './state.ts';

interface Dependencies {
  readonly state: Pick<SharedState, 'read' | 'write'>;
  readonly log: Log;
  readonly count: CountMetric;
  readonly now?: () => Date;
}

/** What a batch has to do with the breaker: wait, or make its calls and say how they ended. */
export interface Hold {
  readonly waitSeconds?: number;
  /** Answers for how many seconds the outcomes have opened the breaker; `undefined` - they have not. */
  readonly close: (outcomes: readonly Outcome[]) => Promise<number | undefined>;
}

/** Asked once for each batch. Never rejects: a table that is away opens and closes nothing. */
export type Breaker = () => Promise<Hold>;

/** SQS' longest visibility timeout (Developer Guide, "Amazon SQS visibility timeout"). */
const MAX_WAIT_SECONDS = 12 * 3_600;

export function createBreaker({
  state,
  log,
  count,
  now = () => new Date(),
}: Dependencies): Breaker {
  const away = (error: unknown): undefined => {
    log.error('breaker not known', { error });
  };

  const secondsUntil = (until: Date): number =>
    Math.min(MAX_WAIT_SECONDS, Math.ceil((until.getTime() - now().getTime()) / 1_000));

  const close = async (
    before: BreakerState | undefined,
    outcomes: readonly Outcome[],
  ): Promise<number | undefined> => {
    const next = nextState(before, outcomes, now());
    if (next === undefined) return undefined;
    await state.write(next).catch(away);
    if (next === 'closed') return undefined;
    log.warn('breaker opened', { ...next });
    count('BreakerOpened', { reason: next.reason });
    return secondsUntil(next.openUntil);
  };

  return async () => {
    const before = await state.read().catch(away);
    if (!isOpen(before, now())) return { close: (outcomes) => close(before, outcomes) };
    log.info('breaker open', { ...before });
    count('BreakerOpen', { reason: before.reason });
    return { waitSeconds: secondsUntil(before.openUntil), close: async () => undefined };
  };
}

type Result = Performed | HeldBack | undefined;

const outcomeOf = (result: Result): Outcome[] =>
  result && 'outcome' in result ? [result.outcome] : [];

/** What opened the breaker would end the same way if it were tried again before; what came behind it waits too. */
function heldUntil(result: Result, waitSeconds: number): Result {
  if (result === undefined) return { waitSeconds };
  const hasTripped = outcomeOf(result).some((outcome) => tripOf(outcome) !== undefined);
  return hasTripped ? { ...result, waitSeconds } : result;
}

/** Makes no call while the breaker is open: whatever has arrived has to wait then. */
export const behindBreaker =
  (perform: Perform, breaker: Breaker): Perform =>
  async (arrivals, remainingMs) => {
    if (arrivals.length === 0) return [];
    const { waitSeconds, close } = await breaker();
    if (waitSeconds !== undefined) return arrivals.map(() => ({ waitSeconds }));
    const results = await perform(arrivals, remainingMs);
    const opened = await close(results.flatMap(outcomeOf));
    return opened === undefined ? results : results.map((result) => heldUntil(result, opened));
  };
