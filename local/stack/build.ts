import { execa } from 'execa';
import { StackError } from './errors.ts';
import { root } from './paths.ts';
import { createVenv, findPython, isReady, samVenv } from './python.ts';
import { sam } from './sam.ts';
import { requireMake } from './tools.ts';

/**
 * Runs the project's SAM CLI with the user's AWS settings.
 *
 * @param onLine gets its output line by line; without it, the output goes to the user's terminal.
 * @throws StackError with the end of its output, when that was not on the terminal.
 */
export async function runSamCli(
  args: readonly string[],
  onLine?: (line: string) => void,
): Promise<void> {
  if (onLine === undefined) {
    await execa(sam, args, { cwd: root, stdio: 'inherit' }).catch((cause: unknown) => {
      throw new StackError(`sam ${args[0]} failed: see its message above.`, { cause });
    });
    return;
  }
  const lines: string[] = [];
  const child = execa(sam, args, { cwd: root, stdin: 'ignore', all: true });
  child.all.on('data', (chunk: Buffer) => {
    lines.push(
      ...String(chunk)
        .split(/[\r\n]+/)
        .filter((line) => line.trim() !== ''),
    );
    onLine(lines.at(-1)?.trim() ?? '');
  });
  await child.catch((cause: unknown) => {
    const end = lines.slice(-20).join('\n');
    throw new StackError(`sam ${args[0]} failed:\n${end}`, { cause });
  });
}

/** Installs the SAM CLI where a new clone has none yet. @throws StackError when Python or make is missing */
async function requireSam(): Promise<void> {
  await requireMake();
  if (await isReady(samVenv)) return;
  process.stderr.write(
    'Installing the SAM CLI for this project (first time only, about 340 MB)…\n',
  );
  await createVenv(samVenv, await findPython(), { onLine: () => undefined });
}

/** Runs `sam build` with the pinned SAM CLI. @param onLine as for `runSamCli` */
export async function build(
  args: readonly string[],
  onLine?: (line: string) => void,
): Promise<void> {
  await requireSam();
  await runSamCli(['build', ...args], onLine);
}
