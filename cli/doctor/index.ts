import { createClients } from '../aws.ts';
import { createTerminal } from '../terminal.ts';
import { main } from './program.ts';

const args = process.argv.slice(2);
process.exitCode = await main(args, { ...createTerminal(process), createClients });
