import { once } from 'node:events';
import { createTerminal } from '../cli/terminal.ts';
import { main } from './program.ts';

const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
process.exitCode = await main(process.argv.slice(2), { ...createTerminal(process), stopped });
