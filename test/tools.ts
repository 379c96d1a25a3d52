import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import pMap from 'p-map';
import type { TestProject } from 'vitest/node';
import { paths, root } from '../local/stack/paths.ts';
import {
  createVenv,
  engineVenv,
  findPython,
  isReady,
  samVenv,
  type Venv,
  venvBin,
} from '../local/stack/python.ts';

const rulerVenv: Venv = {
  name: 'event-ruler',
  lock: 'test/template/event-ruler/requirements.txt',
};

/** Stock clients of Salesforce in Python, which judge the simulator. */
export const clientsVenv: Venv = {
  name: 'clients',
  lock: 'test/conformance/simple-salesforce/requirements.txt',
};

/** AWS's own event pattern matcher: a Java runtime from PyPI, and jars from Maven Central. */
export const ruler = {
  venv: rulerVenv,
  jars: join(paths.venv(rulerVenv.name), 'jars'),
  script: (name: string): string => join(root, 'test/template/event-ruler', name),
} as const;

const clientFolder = join(root, 'test/runtime/interface-client');

/** AWS's runtime interface client for Node. */
export const runtimeInterfaceClient = {
  main: join(clientFolder, 'node_modules/aws-lambda-ric/index.mjs'),
} as const;

/** Its install script compiles a native module, which the tests replace: it is never run. */
async function installRuntimeInterfaceClient(): Promise<void> {
  const lock = await readFile(join(clientFolder, 'package-lock.json'), 'utf8');
  const marker = join(clientFolder, 'node_modules/lock.json');
  if ((await readFile(marker, 'utf8').catch(() => '')) === lock) return;
  console.log("Installing AWS's runtime interface client (first time only)…");
  await execa('npm', ['ci', '--ignore-scripts'], { cwd: clientFolder });
  await writeFile(marker, lock);
}

/** What the functions have written in this run of the tests (test/template/emitted.ts). */
export const emittedFile = join(paths.local, 'emitted.json');

/** Makes those Python environments that a new clone has not yet. @throws StackError where a package cannot be had */
export async function installVenvs(venvs: readonly Venv[]): Promise<void> {
  const install = async (venv: Venv): Promise<void> => {
    if (await isReady(venv)) return;
    console.log(`Making the Python environment for the ${venv.name} (first time only)…`);
    await createVenv(venv, await findPython(), { onLine: () => undefined });
  };
  // Packages are unpacked while others are on their way.
  await pMap(venvs, install, { concurrency: 2 });
}

/**
 * Installs what tests run besides Node, where a new clone has none yet: the Python environments, the jars, and AWS's
 * runtime interface client.
 *
 * @throws StackError or ExecaError where a package cannot be had or has another digest than its lock.
 */
export async function installTools(): Promise<void> {
  await installVenvs([engineVenv, samVenv, ruler.venv, clientsVenv]);
  await execa(venvBin(ruler.venv, 'python'), [ruler.script('fetch.py'), ruler.jars]);
  await installRuntimeInterfaceClient();
}

/** @throws as `installTools`. */
export async function setup(project: TestProject): Promise<void> {
  const removeEmitted = () => rm(emittedFile, { force: true });
  await removeEmitted();
  project.onTestsRerun(removeEmitted);
  await installTools();
}
