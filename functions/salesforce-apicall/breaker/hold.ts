import type { Log } from '#common/logger.ts';
import type { CountMetric } from '#common/metrics.ts';
import type { Outcome } from '../outcome/outcome.ts';
import { type BreakerState, isOpen, nextState } from './breaker.ts';
import type { SharedState } from './table.ts';

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
