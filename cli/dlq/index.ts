import { setTimeout } from 'node:timers/promises';
import { loadClients, runEntry } from '../entry.ts';
import { selectionIn } from '../options.ts';

/** The first Ctrl-C lets the running invocation finish. */
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
  {
    onInterrupt: ({ log }) => {
      log(
        'Stopping after the running invocation. Press Ctrl-C again to exit at once; what the invocation did is then unknown.',
      );
      stop.abort();
    },
    afterInterrupt: `What the running invocation did is unknown: npm run dlq -- status${selectionIn(process.argv)}`,
  },
);
