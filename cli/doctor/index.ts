import { loadClients, runEntry } from '../entry.ts';

await runEntry(async ({ args, terminal }) => {
  const { main } = await import('./program.ts');
  return main(args, { ...terminal, createClients: loadClients });
});
