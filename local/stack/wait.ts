import pWaitFor, { TimeoutError } from 'p-wait-for';
import { StackError } from './errors.ts';
import { requireRunning } from './run-state.ts';

interface WaitOptions {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

/**
 * Waits until `look` finds something, and returns it. Ends at once when a part of the stack dies.
 *
 * The default timeout is generous: it is met by a machine that is ten times as busy as it has cores, and costs an idle one
 * nothing.
 *
 * @throws StackError naming `what` when it was not seen within `timeoutMs` (60 s by default).
 */
export async function waitFor<Found>(
  what: string,
  look: () => Promise<Found | undefined>,
  { timeoutMs = 60_000, intervalMs = 100 }: WaitOptions = {},
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
