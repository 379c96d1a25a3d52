import { setTimeout } from 'node:timers/promises';
import { loadClients, runEntry } from '../entry.ts';
import type { Screen } from './dependencies.ts';

/** The first Ctrl-C ends what follows events, or sends them; the second ends the process. */
const stop = new AbortController();

const { stdout } = process;
async function openScreen(): Promise<Screen> {
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(stdout);
  return {
    size: () => ({ rows: stdout.rows || 24, columns: stdout.columns || 80 }),
    show: update,
    end: update.done,
  };
}

await runEntry(
  async ({ args, terminal }) => {
    const { main } = await import('./program.ts');
    return main(args, {
      ...terminal,
      createClients: loadClients,
      openScreen: stdout.isTTY ? openScreen : undefined,
      stopSignal: stop.signal,
      sleep: (ms) => setTimeout(ms, undefined, { signal: stop.signal }).catch(() => undefined),
    });
  },
  { onInterrupt: () => stop.abort() },
);
