import { execFile } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { createTransport } from '../../functions/salesforce-apicall/salesforce/transport.ts';
import { loadClients, runEntry } from '../entry.ts';

/** A shell that forces colours would make its JSON unreadable. */
const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };

await runEntry(async ({ args, terminal }) => {
  const { main } = await import('./program.ts');
  return main(args, {
    ...terminal,
    createClients: loadClients,
    send: createTransport(),
    readInput: () => text(process.stdin),
    runSf: (options) =>
      new Promise((resolve, reject) => {
        execFile('sf', [...options], { env }, (error, stdout) =>
          error !== null && stdout === '' ? reject(error) : resolve(stdout),
        );
      }),
  });
});
