import { cp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createVenv, findPython, isReady, type Venv, venvBin } from '../local/stack/python.ts';
import { linesOf } from './children.ts';

const venv: Venv = { name: 'bench', lock: 'bench/quick-start/requirements.txt' };

const SITE_PACKAGES = 'import sysconfig; print(sysconfig.get_paths()["purelib"])';
const LEFT_OUT = new Set(['__pycache__', 'pip', 'setuptools', '_distutils_hack']);

/** AWS's quick start, ready to run. */
export interface QuickStart {
  readonly python: string;
  /** Its code and packages, as deployed: see {@link prepareQuickStart}. */
  readonly deployed: string;
  readonly deployedEnv: Readonly<Record<string, string>>;
}

async function ensurePython(): Promise<string> {
  const onLine = (line: string): void => console.error(line);
  if (!(await isReady(venv))) await createVenv(venv, await findPython(), { onLine });
  return venvBin(venv, 'python');
}

/**
 * Creates the folder that `sam build` creates for the quick start: sources and packages, without bytecode. Wheels contain
 * none, SAM's builder for Python excludes `__pycache__`, its archives date every file to 1980, which would make bytecode
 * stale, and `/var/task` is read-only (aws/aws-lambda-builders#924). So Lambda compiles everything at every cold start,
 * except Python's standard library, which has bytecode on Lambda and here.
 */
export async function prepareQuickStart(home: string): Promise<QuickStart> {
  const python = await ensurePython();
  const [packages = ''] = await linesOf({ program: python, args: ['-c', SITE_PACKAGES], env: {} });
  const deployed = join(home, 'quick-start');
  const filter = (path: string): boolean => !LEFT_OUT.has(basename(path));
  await cp(packages, deployed, { recursive: true, filter });
  await cp('bench/quick-start', deployed, { recursive: true, filter });
  return {
    python,
    deployed,
    deployedEnv: { PYTHONPATH: deployed, PYTHONDONTWRITEBYTECODE: '1' },
  };
}
