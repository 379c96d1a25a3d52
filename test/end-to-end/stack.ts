import { requireNothingRunning } from '../../local/stack/run-state.ts';
import { down, up } from '../../local/stack/up.ts';

/** One stack for all end-to-end suites of a run. One attempt: failures are dead-lettered at once. */
const parameters = { MaxAttempts: '1', ReprocessorState: 'DISABLED', RedriveBackoffSeconds: '1' };

export async function setup(): Promise<() => Promise<unknown>> {
  await requireNothingRunning();
  const { signal } = new AbortController();
  await up({ command: 'npm test', ownerPid: process.pid, parameters, signal });
  return down;
}
