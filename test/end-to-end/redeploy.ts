import { requireRunning } from '../../local/stack/run-state.ts';
import { up } from '../../local/stack/up.ts';
import { parameters } from './parameters.ts';

/** Deploys the running stack again with these values of parameters; all others are those of the tests. */
export async function redeploy(changed: Readonly<Record<string, string>>): Promise<void> {
  await requireRunning();
  await up({
    command: 'npm test',
    ownerPid: process.ppid,
    parameters: { ...parameters, ...changed },
    signal: new AbortController().signal,
    silent: true,
  });
}
