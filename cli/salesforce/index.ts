import { execFile } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { createTransport } from '../../functions/salesforce-apicall/salesforce/transport.ts';
import { createClients } from '../aws.ts';
import { createTerminal } from '../terminal.ts';
import { main } from './program.ts';

/** A shell that forces colours would make its JSON unreadable. */
const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };

process.exitCode = await main(process.argv.slice(2), {
  ...createTerminal(process),
  createClients,
  send: createTransport(),
  readInput: () => text(process.stdin),
  runSf: (args) =>
    new Promise((resolve, reject) => {
      execFile('sf', [...args], { env }, (error, stdout) =>
        error !== null && stdout === '' ? reject(error) : resolve(stdout),
      );
    }),
});
