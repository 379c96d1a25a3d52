import pWaitFor, { TimeoutError } from 'p-wait-for';
import { StackError } from './errors.ts';
import { requireRunning } from './run-state.ts';

interface WaitOptions {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

/**
 * Polls `find` until it returns something other than `undefined`, and returns that. The default timeout holds on a busy
 * machine.
 *
 * @throws StackError naming `what`, if it is not found within `timeoutMs` (60 s by default), and at once if a process of
 *   the stack ends.
 */
export async function waitFor<Found>(
  what: string,
  find: () => Promise<Found | undefined>,
  { timeoutMs = 60_000, intervalMs = 100 }: WaitOptions = {},
): Promise<Found> {
  const check = async () => {
    await requireRunning();
    const found = await find();
    return found === undefined ? false : pWaitFor.resolveWith(found);
  };
  return pWaitFor(check, { interval: intervalMs, timeout: timeoutMs }).catch((error: unknown) => {
    if (!(error instanceof TimeoutError)) throw error;
    throw new StackError(`Not found within ${timeoutMs / 1000} s: ${what}.`);
  });
}
