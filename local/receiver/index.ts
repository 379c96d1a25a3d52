import { runEntry } from '../../cli/entry.ts';

const stopped = new AbortController();

await runEntry(
  async ({ args, terminal }) => {
    const { main } = await import('./program.ts');
    return main(args, { ...terminal, signal: stopped.signal });
  },
  { onInterrupt: () => stopped.abort() },
);
