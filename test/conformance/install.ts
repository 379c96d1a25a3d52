import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { root } from '../../local/stack/paths.ts';

const folder = join(root, 'test/conformance/salesforce-core');
const marker = join(folder, 'node_modules/lock.sha256');

/** Installs @salesforce/core from its own lock, where it is not installed yet: as a dependency of the project, everybody would wait for its 165 packages. */
export async function setup(): Promise<void> {
  const lock = await readFile(join(folder, 'package-lock.json'));
  const digest = createHash('sha256').update(lock).digest('hex');
  const installed = await readFile(marker, 'utf8').catch(() => '');
  if (installed === digest) return;
  console.log('Installing @salesforce/core for the conformance tests (first time only)…');
  await execa('npm', ['ci', '--prefix', folder, '--ignore-scripts'], { cwd: root });
  await writeFile(marker, digest);
}
