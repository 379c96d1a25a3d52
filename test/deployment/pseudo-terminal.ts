import { stripVTControlCharacters } from 'node:util';
import { spawn } from '@lydell/node-pty';
import pWaitFor from 'p-wait-for';
import { root } from '../../local/stack/paths.ts';

/** A question as it appears, and what the user types (without Enter). */
export type Answers = readonly (readonly [question: RegExp, answer: string])[];

interface Session {
  readonly exitCode: number;
  /** Everything that appeared, without colours and cursor movements. */
  readonly screen: string;
}

/** The transcript of a screen: finished questions with their answers, and everything else, each line once. */
export function transcriptOf(screen: string): string {
  const lines = screen.split(/\r?\n/).map((line) => line.split('\r').at(-1)?.trimEnd() ?? '');
  const last = (line: string): string =>
    line.includes('✔ ') ? line.slice(line.lastIndexOf('✔ ')) : line;
  return lines
    .filter((line) => !line.includes('? ') || line.includes('✔ '))
    .map(last)
    .join('\n');
}

/**
 * Runs a script of the project on a pseudo-terminal, as a user would, and answers its questions in order.
 *
 * @throws TimeoutError when a question doesn't appear; its message has the screen.
 */
export async function runOnTerminal(
  [script = '', ...args]: readonly string[],
  answers: Answers,
  env: Readonly<Record<string, string>>,
  timeoutMs = 200_000,
): Promise<Session> {
  const terminal = spawn(process.execPath, [script, ...args], {
    cwd: root,
    cols: 160,
    rows: 50,
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  let screen = '';
  let seen = 0;
  let exitCode: number | undefined;
  terminal.onData((data) => {
    screen += stripVTControlCharacters(data);
  });
  terminal.onExit((exit) => {
    exitCode = exit.exitCode;
  });
  const wait = (what: string, isTrue: () => boolean): Promise<void> =>
    pWaitFor(isTrue, {
      interval: 20,
      timeout: { milliseconds: timeoutMs, message: `${what} did not appear:\n${screen}` },
    });
  try {
    for (const [question, answer] of answers) {
      await wait(
        String(question),
        () => exitCode !== undefined || question.test(screen.slice(seen)),
      );
      seen = screen.length;
      terminal.write(`${answer}\r`);
    }
    await wait('The end', () => exitCode !== undefined);
  } finally {
    if (exitCode === undefined) terminal.kill('SIGKILL');
  }
  return { exitCode: exitCode ?? -1, screen };
}
