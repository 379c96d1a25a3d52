import { createTransport } from '../../functions/salesforce-apicall/salesforce/transport.ts';
import { createClients } from '../aws.ts';
import { createTerminal } from '../terminal.ts';
import { main } from './program.ts';

process.exitCode = await main(process.argv.slice(2), {
  ...createTerminal(process),
  createClients,
  send: createTransport(),
});
