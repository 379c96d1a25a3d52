import { runEntry } from '../../cli/entry.ts';

/** Ctrl-C stops what has been started. */
const interrupted = new AbortController();

await runEntry(
  async ({ args, terminal }) => {
    const { main } = await import('./program.ts');
    return main(args, { ...terminal, signal: interrupted.signal });
  },
  {
    onInterrupt: () => interrupted.abort(),
    afterInterrupt: 'To stop what still runs: npm run local:down',
  },
);
