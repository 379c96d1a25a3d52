import { execa } from 'execa';
import { root } from '../local/stack/paths.ts';
import { engineVenv, samVenv } from '../local/stack/python.ts';
import { installVenvs } from './tools.ts';

const options = { cwd: root, preferLocal: true, reject: false } as const;

/** Format, lint, unused code and types: before the tests, while what the stack needs is installed. */
async function check(): Promise<boolean> {
  for (const script of ['lint', 'typecheck']) {
    const { exitCode } = await execa('npm', ['run', script], { ...options, stdio: 'inherit' });
    if (exitCode !== 0) return false;
  }
  return true;
}

const [isClean] = await Promise.all([check(), installVenvs([engineVenv, samVenv])]);
if (!isClean) process.exit(1);
// The end-to-end tests mostly wait for the stack, so the other tests run beside them, once what only they need is installed:
// together they take little longer than the longer one.
const endToEnd = execa('vitest', ['run', '--project', 'end-to-end'], { ...options, all: true });
const others = execa('vitest', ['run', '--project', 'unit', '--project', 'conformance'], {
  ...options,
  stdio: 'inherit',
});
const { exitCode: othersCode } = await others;
console.log('Waiting for the end-to-end tests…');
const { exitCode: endToEndCode, all } = await endToEnd;
console.log(all);
if (othersCode !== 0 || endToEndCode !== 0) process.exitCode = 1;
