import { join } from 'node:path';
import { execa } from 'execa';
import { paths, root } from '../../local/stack/paths.ts';
import type { Module } from './modules.ts';

/** Where the results of a module are kept, in Stryker's report format: a run of some files leaves those of others there. */
export const resultsFile = ({ name }: Module): string =>
  join(paths.local, 'mutation', `${name.replaceAll(' ', '-')}.json`);

/**
 * Runs the module's tests once for every mutant of `files`, one at a time. Nothing is taken from the run before: its
 * results of what is evaluated at import would stay as they are whatever the tests say now.
 */
export async function mutate(module: Module, files: readonly string[]): Promise<void> {
  const installed = join(root, 'test/mutation/stryker/node_modules/@stryker-mutator/core');
  const args = ['run', '--concurrency', '1', '--incremental', '--force'];
  const given = ['--mutate', files.join(','), '--incrementalFile', resultsFile(module)];
  await execa(process.execPath, [join(installed, 'bin/stryker.js'), ...args, ...given], {
    cwd: root,
    env: { MUTATION_TESTS: module.tests.join(',') },
    stdio: 'inherit',
  });
}
