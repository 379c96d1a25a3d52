import { runEntry } from '../cli/entry.ts';

await runEntry(async ({ args, terminal }) => {
  const { main } = await import('./program.ts');
  return main(args, terminal);
});
