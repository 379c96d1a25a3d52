import { requireNothingRunning } from '../../local/stack/run-state.ts';
import { down, up } from '../../local/stack/up.ts';
import { parameters } from './parameters.ts';

/** One stack for all end-to-end suites of a run. */
export async function setup(): Promise<() => Promise<unknown>> {
  await requireNothingRunning();
  const { signal } = new AbortController();
  await up({ command: 'npm test', ownerPid: process.pid, parameters, signal });
  return down;
}
