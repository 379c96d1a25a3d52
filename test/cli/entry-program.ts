import { setTimeout } from 'node:timers/promises';
import { runEntry } from '../../cli/entry.ts';

const MISSING = 'no-such-package';

/** What the entry point is told to do; `run` throws whatever it is given to throw. */
const behaviours: Readonly<Record<string, () => unknown>> = {
  bug: () => {
    throw new TypeError('x is not a function\nsecond line');
  },
  'bug elsewhere': async () => {
    void Promise.reject(new TypeError('nobody waits'));
    await setTimeout(10_000);
  },
  'missing package': () => import(MISSING),
  'long output': () => {
    for (let line = 0; line < 100_000; line += 1) process.stdout.write(`${line}\n`);
  },
  wait: async () => {
    process.stdout.write('ready\n');
    await setTimeout(10_000);
  },
};

await runEntry(
  async ({ args: [name = ''] }) => {
    await behaviours[name]?.();
    return 3;
  },
  { afterInterrupt: 'Run it again.' },
);
