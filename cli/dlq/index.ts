import { setTimeout } from 'node:timers/promises';
import { createClients } from '../aws.ts';
import { createTerminal } from '../terminal.ts';
import { main } from './program.ts';

const terminal = createTerminal(process);

/** The first Ctrl-C lets the running invocation finish; the second ends the process. */
const stop = new AbortController();
process.on('SIGINT', () => {
  if (stop.signal.aborted) process.exit(130);
  terminal.log(
    'Stopping after the running invocation. Press Ctrl-C again to exit at once; what the invocation did is then unknown.',
  );
  stop.abort();
});

process.exitCode = await main(process.argv.slice(2), {
  ...terminal,
  createClients,
  stopSignal: stop.signal,
  sleep: (ms) => setTimeout(ms, undefined, { signal: stop.signal }).catch(() => undefined),
});
