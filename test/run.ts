import { cp, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { paths, root } from '../local/stack/paths.ts';
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

/** What a clone doesn't have. */
const leftOut = new Set(['node_modules', '.aws-sam', '.git', '.local']);

/** Copies the project, without what has been built; packages and Python environments are this clone's. */
async function cloneProject(): Promise<string> {
  const clone = join(paths.local, 'clone');
  await rm(clone, { recursive: true, force: true });
  await mkdir(join(clone, '.local'), { recursive: true });
  for (const name of await readdir(root)) {
    if (leftOut.has(name)) continue;
    const filter = (path: string): boolean => !leftOut.has(basename(path));
    await cp(join(root, name), join(clone, name), { recursive: true, filter });
  }
  await symlink(join(root, 'node_modules'), join(clone, 'node_modules'));
  await symlink(join(paths.local, 'venv'), join(clone, '.local/venv'));
  return clone;
}

const runOf = (...projects: string[]): string[] => [
  'run',
  ...projects.map((project) => `--project=${project}`),
];

/** Lets a process and its children have less of a busy processor than the tests of the stack, which take longest. */
function lowerPriority({ pid }: { readonly pid?: number | undefined }): void {
  if (pid !== undefined) setPriority(pid, 3);
}

/** Runs every check and all tests. @returns whether all passed */
export async function run(): Promise<boolean> {
  const [isClean] = await Promise.all([check(), installVenvs([engineVenv, samVenv])]);
  if (!isClean) return false;
  // The tests of the stack mostly wait for it, so the others run beside them, once what only they need is installed. Those of
  // the deployment command build the functions several times: in a clone of their own.
  const cwd = await cloneProject();
  const endToEnd = execa('vitest', runOf('end-to-end'), { ...options, all: true });
  const deployment = execa('vitest', runOf('deployment'), { ...options, cwd, all: true });
  const others = execa('vitest', runOf('unit', 'conformance'), { ...options, stdio: 'inherit' });
  for (const tests of [deployment, others]) lowerPriority(tests);
  const exitCodes = [(await others).exitCode];
  for (const [title, tests] of [
    ['of the deployment command', deployment],
    ['end to end', endToEnd],
  ] as const) {
    console.log(`Waiting for the tests ${title}…`);
    const { exitCode, all } = await tests;
    console.log(all);
    exitCodes.push(exitCode);
  }
  return exitCodes.every((code) => code === 0);
}
