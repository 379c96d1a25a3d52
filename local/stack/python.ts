import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { StackError } from './errors.ts';
import { readOptionalFile } from './files.ts';
import { paths, root } from './paths.ts';

export interface Venv {
  readonly name: 'pip' | 'engine' | 'sam' | 'event-ruler' | 'bench' | 'clients';
  /** Hash-locked requirements, relative to the project. */
  readonly lock: string;
}

export const engineVenv: Venv = { name: 'engine', lock: 'local/engine/requirements.txt' };
export const samVenv: Venv = { name: 'sam', lock: 'local/stack/requirements.txt' };

/** A pip that makes the other environments in half the time of the one that comes with Python 3.11. */
const pipVenv: Venv = { name: 'pip', lock: 'local/stack/pip.txt' };

const CANDIDATES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const PRINT_VERSION = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';

export const venvBin = ({ name }: Venv, program: string): string =>
  join(paths.venv(name), 'bin', program);

const isSupported = (version: string): boolean => /^3\.1[0-3]$/.test(version);

async function versionOf(python: string): Promise<string | undefined> {
  const { stdout, failed } = await execa(python, ['-c', PRINT_VERSION], { reject: false });
  return failed ? undefined : stdout.trim();
}

/**
 * Finds a Python that the locks are made for: PYTHON if set, else the first of the usual names.
 *
 * @throws StackError saying which versions were seen and how to get one.
 */
export async function findPython(candidates = candidatesFromEnvironment()): Promise<string> {
  const seen: string[] = [];
  for (const python of candidates) {
    const version = await versionOf(python);
    if (version && isSupported(version)) return python;
    if (version) seen.push(`${python} is ${version}`);
  }
  const found = seen.length > 0 ? `found only: ${seen.join(', ')}` : 'found none';
  throw new StackError(
    `Python 3.10 to 3.13 with its venv module is needed to run AWS locally (${found}). ` +
      'Install it (Debian, Ubuntu: apt-get install python3-venv; macOS: brew install python@3.13) or set PYTHON to its path.',
  );
}

const candidatesFromEnvironment = (): string[] => {
  const preset = process.env['PYTHON'];
  return preset ? [preset] : CANDIDATES;
};

async function fingerprint({ lock }: Venv): Promise<string> {
  return createHash('sha256')
    .update(await readFile(join(root, lock)))
    .digest('hex');
}

/** Whether the environment is there, complete, and made from the lock as it stands now. */
export async function isReady(venv: Venv): Promise<boolean> {
  const marker = await readOptionalFile(join(paths.venv(venv.name), 'lock.sha256'));
  return marker === (await fingerprint(venv));
}

interface Options {
  readonly onLine: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Python compiles what it imports, which is a part of all; but the engine writes no bytecode. */
const compileFlags = ({ name }: Venv): string[] => (name === 'engine' ? [] : ['--no-compile']);

/** Makes an environment with pip's own; the marker is written last, so an interrupted one is never used. */
async function make(venv: Venv, python: string, { onLine, signal }: Options): Promise<void> {
  const folder = paths.venv(venv.name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const cancel = signal === undefined ? {} : { cancelSignal: signal };
  const isPip = venv === pipVenv;
  await execa(python, ['-m', 'venv', ...(isPip ? [] : ['--without-pip']), folder], cancel);
  const install = execa(
    venvBin(pipVenv, 'python'),
    [
      '-m',
      'pip',
      ...(isPip ? [] : ['--python', venvBin(venv, 'python')]),
      'install',
      '--no-deps',
      '--require-hashes',
      '--no-input',
      '--disable-pip-version-check',
      ...compileFlags(venv),
      '-r',
      venv.lock,
    ],
    { cwd: root, all: true, ...cancel },
  );
  install.all.on('data', (chunk: Buffer) => onLine(String(chunk).trim().split('\n').at(-1) ?? ''));
  await install.catch((cause: unknown) => {
    const said =
      cause instanceof Error ? cause.message.split('\n').slice(-5).join('\n') : String(cause);
    throw new StackError(`pip could not install ${venv.lock}:\n${said}`, { cause });
  });
  await writeFile(join(folder, 'lock.sha256'), await fingerprint(venv));
}

let pip: Promise<void> | undefined;

/** Makes the environment anew from its lock; before the first one, pip's own. */
export async function createVenv(venv: Venv, python: string, options: Options): Promise<void> {
  pip ??= isReady(pipVenv).then((ready) => (ready ? undefined : make(pipVenv, python, options)));
  await pip;
  await make(venv, python, options);
}
