import { setTimeout } from 'node:timers/promises';
import { createLogUpdate } from 'log-update';
import { createClients } from '../aws.ts';
import { createTerminal } from '../terminal.ts';
import type { Screen } from './dependencies.ts';
import { main } from './program.ts';

const terminal = createTerminal(process);

/** The first Ctrl-C ends what follows events, or sends them; the second ends the process. */
const stop = new AbortController();
process.on('SIGINT', () => {
  if (stop.signal.aborted) process.exit(130);
  stop.abort();
});

const { stdout } = process;
const update = createLogUpdate(stdout);
const screen: Screen = {
  size: () => ({ rows: stdout.rows || 24, columns: stdout.columns || 80 }),
  show: update,
  end: update.done,
};

process.exitCode = await main(process.argv.slice(2), {
  ...terminal,
  createClients,
  screen: stdout.isTTY ? screen : undefined,
  stopSignal: stop.signal,
  sleep: (ms) => setTimeout(ms, undefined, { signal: stop.signal }).catch(() => undefined),
});
