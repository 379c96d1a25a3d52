import { root } from '../../local/stack/paths.ts';
import { createTerminal } from '../terminal.ts';
import { main } from './program.ts';

process.exitCode = await main(process.argv.slice(2), { ...createTerminal(process), root });
