import type { Outcome } from '../outcome/outcome.ts';
import type { HeldBack, Perform, Performed } from '../performed.ts';
import { tripOf } from './breaker.ts';
import type { Breaker } from './hold.ts';

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
