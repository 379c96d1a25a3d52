import { requireNothingRunning } from '../local/stack/run-state.ts';
import { down, up } from '../local/stack/up.ts';
import { type Soaked, type SoakOptions, soak } from './soak.ts';

/** The soak runs the reprocessor itself; what was redriven in vain is tried again after a second. */
const parameters = { ReprocessorState: 'DISABLED' };

/** A soak on a stack of its own, which is gone afterwards. */
export async function runSoak(options: SoakOptions, silent: boolean): Promise<Soaked> {
  await requireNothingRunning();
  const stack = await up({
    command: 'npm run soak',
    ownerPid: process.pid,
    parameters,
    signal: options.signal,
    silent,
  });
  try {
    return await soak(stack, options);
  } finally {
    await down();
  }
}
