import type { TestProject } from 'vitest/node';
import { requireNothingRunning } from '../../local/stack/run-state.ts';
import { down, up } from '../../local/stack/up.ts';
import { checkAccess } from './access.ts';
import { parameters } from './parameters.ts';

/** One stack for all end-to-end suites of a run. After them, what IAM denied fails the run, and what nothing uses. */
export async function setup(project: TestProject): Promise<() => Promise<unknown>> {
  await requireNothingRunning();
  const { signal } = new AbortController();
  await up({ command: 'npm test', ownerPid: process.pid, parameters, signal });
  return async () => {
    try {
      await checkAccess(project);
    } finally {
      await down();
    }
  };
}
