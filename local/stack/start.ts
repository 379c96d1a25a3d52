import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { createLogUpdate } from 'log-update';
import { startConsole } from './console.ts';
import { describeStack, nextSteps } from './describe.ts';
import { StackError } from './errors.ts';
import { root } from './paths.ts';
import { requireNothingRunning, requireRunning } from './run-state.ts';
import { writeStack } from './stack-file.ts';
import { down, up } from './up.ts';
import type { UpOptions } from './up-options.ts';

const POLL_MS = 500;

/**
 * Prints lines above a text that stays in sight: on a terminal, it is always the last. One without a size, as `docker exec -t`
 * can make it, has no room for that.
 *
 * @returns `end` leaves the text where it is.
 */
function printAbove(footer: string): { print: (line: string) => void; end: () => void } {
  if (!process.stdout.columns || !process.stdout.rows) {
    console.log(footer);
    return { print: (line) => console.log(line), end: () => undefined };
  }
  const update = createLogUpdate(process.stdout);
  update(footer);
  const print = (line: string): void => {
    update.persist(line);
    update(footer);
  };
  return { print, end: update.done };
}

/** Hands on the functions' log lines from now on until `signal` is aborted: by a command, which imports this folder and not the reverse. */
async function followLogs(
  raw: boolean,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const args = [join(root, 'cli/events/index.ts'), 'log', '--local', ...(raw ? ['--raw'] : [])];
  const ended = new AbortController();
  const command = execa(process.execPath, args, {
    stdin: 'ignore',
    all: true,
    buffer: false,
    cancelSignal: AbortSignal.any([signal, ended.signal]),
    reject: false,
  });
  createInterface(command.all).on('line', print);
  void command.finally(() => ended.abort());
  try {
    while (!(signal.aborted || ended.signal.aborted)) {
      await requireRunning();
      await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    ended.abort();
    await command;
  }
  if (!signal.aborted) throw new StackError('The log lines can no longer be read.');
}

interface StartOptions extends Omit<UpOptions, 'command' | 'ownerPid'> {
  /** Prints log lines as they are. */
  readonly raw?: boolean;
}

/**
 * Runs the stack in the foreground: prints its addresses, then its log lines, until `signal` is aborted.
 *
 * @throws StackError if a process of the stack ends unexpectedly.
 */
export async function start({ raw = false, ...options }: StartOptions): Promise<void> {
  await requireNothingRunning();
  const stack = await up({ ...options, command: 'npm start', ownerPid: process.pid });
  const { address, stop } = await startConsole();
  await writeStack({ ...stack, console: address });
  console.log(`\n${describeStack(stack)}`);
  const { print, end } = printAbove(`${nextSteps(address)}\nCtrl-C stops the stack.`);
  try {
    await followLogs(raw, print, options.signal);
  } finally {
    end();
    await stop();
    await down();
    console.log('The stack is stopped.');
  }
}
