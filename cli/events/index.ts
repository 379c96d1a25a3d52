import { setTimeout } from 'node:timers/promises';
import { loadClients, runEntry } from '../entry.ts';

/** The first Ctrl-C ends what follows events, or sends them; the second ends the process. */
const stop = new AbortController();

await runEntry(
  async ({ args, terminal }) => {
    const { main } = await import('./program.ts');
    return main(args, {
      ...terminal,
      createClients: loadClients,
      stopSignal: stop.signal,
      sleep: (ms) => setTimeout(ms, undefined, { signal: stop.signal }).catch(() => undefined),
    });
  },
  { onInterrupt: () => stop.abort() },
);
