import { inspect } from 'node:util';
import type { CreateClients } from './aws.ts';
import { reportUnexpected } from './errors.ts';
import { createTerminal, type Terminal } from './terminal.ts';

/** Loads the AWS SDK only when a command calls AWS: it takes longer than everything else together. */
export const loadClients: CreateClients = async (options) => {
  const { createClients } = await import('./aws.ts');
  return createClients(options);
};

/** What the entry point of an npm script gets. */
export interface Entry {
  readonly args: readonly string[];
  readonly terminal: Terminal;
}

interface EntryOptions {
  /** For a program that ends by itself after Ctrl-C: called once. The next Ctrl-C ends the process. */
  readonly onInterrupt?: (terminal: Terminal) => void;
  /** What to know when Ctrl-C has ended the process. */
  readonly afterInterrupt?: string;
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** npm passes Ctrl-C on to a process that the terminal has sent it to already; nobody presses it twice in this time. */
const SAME_PRESS_MS = 100;

function handleSignals(terminal: Terminal, { afterInterrupt, onInterrupt }: EntryOptions): void {
  let interruptedAt: number | undefined;
  const handle = (signal: keyof typeof EXIT_CODES): void => {
    const isFirst = interruptedAt === undefined;
    if (performance.now() - (interruptedAt ?? Number.NEGATIVE_INFINITY) < SAME_PRESS_MS) return;
    interruptedAt = performance.now();
    if (isFirst && onInterrupt !== undefined) {
      onInterrupt(terminal);
      return;
    }
    terminal.log(
      ['Interrupted.', ...(afterInterrupt === undefined ? [] : [afterInterrupt])].join(' '),
    );
    process.exit(EXIT_CODES[signal]);
  };
  process.on('SIGINT', handle).on('SIGTERM', handle);
}

/** Ends the process with one line about the error, and its stack with DEBUG=1. */
function fail(error: unknown, { log }: Terminal): never {
  const { exitCode, message, remedy } = reportUnexpected(error);
  log(`${message} ${remedy}`);
  if (process.env['DEBUG']) log(inspect(error));
  process.exit(exitCode);
}

/**
 * Runs an npm script: sets the exit code that `run` resolves to. An error that `run` does not handle, or that is thrown where nobody
 * waits for it, ends the process with one line. Ctrl-C always ends with a sentence and exit code 130.
 *
 * @param run imports what it needs, so that `--help` loads no more than the options.
 */
export async function runEntry(
  run: (entry: Entry) => Promise<number>,
  options: EntryOptions = {},
): Promise<void> {
  const terminal = createTerminal(process);
  handleSignals(terminal, options);
  process.on('uncaughtException', (error) => fail(error, terminal));
  // Whoever reads the output, such as head, may have enough of it.
  process.stdout.on('error', () => process.exit());
  try {
    process.exitCode = await run({ args: process.argv.slice(2), terminal });
  } catch (error) {
    fail(error, terminal);
  }
}
