import { execa } from 'execa';
import { root } from '../../local/stack/paths.ts';
import { CheckError } from './errors.ts';

/** What npm answered, whatever it ended with. */
interface Answer {
  readonly output: unknown;
  readonly exitCode: number | undefined;
}

/** @throws CheckError when npm could not be run, or its answer is no JSON. */
export async function npmJson(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const what = `npm ${args.join(' ')}`;
  const { stdout, stderr, exitCode } = await execa('npm', args, { cwd: root, env, reject: false });
  try {
    return { output: JSON.parse(stdout), exitCode };
  } catch (cause) {
    const reason = stderr || 'it says nothing of it here; npm ls may';
    throw new CheckError(`${what} did not answer: ${reason}`, { cause });
  }
}
