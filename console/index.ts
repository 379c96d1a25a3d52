import { runEntry } from '../cli/entry.ts';

const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();

await runEntry(
  async ({ args, terminal }) => {
    const { main } = await import('./program.ts');
    return main(args, { ...terminal, stopped });
  },
  { onInterrupt: () => stop() },
);
