import pWaitFor, { TimeoutError } from 'p-wait-for';
import { StackError } from './errors.ts';
import { requireRunning } from './run-state.ts';

interface WaitOptions {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

/**
 * Waits until `look` finds something, and answers it. Ends at once when a part of the stack dies.
 *
 * @throws StackError naming `what` when it was not seen within `timeoutMs` (20 s by default).
 */
export async function waitFor<Found>(
  what: string,
  look: () => Promise<Found | undefined>,
  { timeoutMs = 20_000, intervalMs = 100 }: WaitOptions = {},
): Promise<Found> {
  const check = async () => {
    await requireRunning();
    const found = await look();
    return found === undefined ? false : pWaitFor.resolveWith(found);
  };
  return pWaitFor(check, { interval: intervalMs, timeout: timeoutMs }).catch((error: unknown) => {
    if (!(error instanceof TimeoutError)) throw error;
    throw new StackError(`Not seen within ${timeoutMs / 1000} s: ${what}.`);
  });
}
