import { setTimeout } from 'node:timers/promises';
import { createClients } from '../aws.ts';
import { createTerminal } from '../terminal.ts';
import { stopOnInterrupt } from './interrupt.ts';
import { main } from './program.ts';

const terminal = createTerminal(process);
const stop = stopOnInterrupt(process, terminal.log);

process.exitCode = await main(process.argv.slice(2), {
  ...terminal,
  createClients,
  stop,
  sleep: (ms) => setTimeout(ms, undefined, { signal: stop }).catch(() => undefined),
});
