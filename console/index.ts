import { runEntry } from '../cli/entry.ts';

const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();

// npm start, which started it, holds the other end.
if (process.env['END_WITH_INPUT']) process.stdin.resume().once('end', stop).unref();

await runEntry(
  async ({ args, terminal }) => {
    const { main } = await import('./program.ts');
    return main(args, { ...terminal, stopped });
  },
  { onInterrupt: () => stop() },
);
