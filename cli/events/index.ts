import { setTimeout } from 'node:timers/promises';
import { createClients } from '../aws.ts';
import { createTerminal } from '../terminal.ts';
import { main } from './program.ts';

const terminal = createTerminal(process);

/** The first Ctrl-C ends what follows events, or sends them; the second ends the process. */
const stop = new AbortController();
process.on('SIGINT', () => {
  if (stop.signal.aborted) process.exit(130);
  stop.abort();
});

process.exitCode = await main(process.argv.slice(2), {
  ...terminal,
  createClients,
  stopSignal: stop.signal,
  sleep: (ms) => setTimeout(ms, undefined, { signal: stop.signal }).catch(() => undefined),
});
