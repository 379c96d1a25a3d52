import { setTimeout } from 'node:timers/promises';
import { createLogUpdate } from 'log-update';
import { loadClients, runEntry } from '../entry.ts';
import type { Screen } from './dependencies.ts';

/** The first Ctrl-C ends what follows events, or sends them; the second ends the process. */
const stop = new AbortController();

const { stdout } = process;
const update = createLogUpdate(stdout);
const screen: Screen = {
  size: () => ({ rows: stdout.rows || 24, columns: stdout.columns || 80 }),
  show: update,
  end: update.done,
};

await runEntry(
  async ({ args, terminal }) => {
    const { main } = await import('./program.ts');
    return main(args, {
      ...terminal,
      createClients: loadClients,
      screen: stdout.isTTY ? screen : undefined,
      stopSignal: stop.signal,
      sleep: (ms) => setTimeout(ms, undefined, { signal: stop.signal }).catch(() => undefined),
    });
  },
  { onInterrupt: () => stop.abort() },
);
