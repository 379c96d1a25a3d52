import type { Log } from '#common/logger.ts';
import type { CountMetric } from '#common/metrics.ts';
import type { Outcome } from '../outcome/classify.ts';
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
  readonly close: (outcomes: readonly Outcome[]) => Promise<void>;
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

  const close = async (
    before: BreakerState | undefined,
    outcomes: readonly Outcome[],
  ): Promise<void> => {
    const next = nextState(before, outcomes, now());
    if (next === undefined) return;
    if (next !== 'closed') {
      log.warn('breaker opened', { ...next });
      count('BreakerOpened', { reason: next.reason });
    }
    await state.write(next).catch(away);
  };

  return async () => {
    const before = await state.read().catch(away);
    if (!isOpen(before, now())) return { close: (outcomes) => close(before, outcomes) };
    const seconds = Math.ceil((before.openUntil.getTime() - now().getTime()) / 1_000);
    log.info('breaker open', { ...before });
    count('BreakerOpen', { reason: before.reason });
    return { waitSeconds: Math.min(MAX_WAIT_SECONDS, seconds), close: async () => undefined };
  };
}
