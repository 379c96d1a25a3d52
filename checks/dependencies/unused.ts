import { execa } from 'execa';
import { root } from '../../local/stack/paths.ts';
import { CheckError } from './errors.ts';

/**
 * What knip finds, in its words: with `dependencies` packages that nothing imports and imports of packages that are not
 * declared; else files and exports that nothing uses besides.
 *
 * @throws CheckError when it could not be run.
 */
export async function unused(only?: 'dependencies'): Promise<string[]> {
  const args = ['--no-progress', ...(only === undefined ? [] : [`--${only}`])];
  const options = { cwd: root, preferLocal: true, reject: false } as const;
  const { stdout, stderr, exitCode } = await execa('knip', args, options);
  // 1: it has found something; 2: it has failed.
  if (exitCode === 0) return [];
  if (exitCode === 1 && stdout !== '') return stdout.split('\n');
  throw new CheckError(`knip did not answer: ${stderr || 'it could not be run'}`);
}
