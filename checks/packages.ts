import { execa } from 'execa';
import { root } from '../local/stack/paths.ts';

/** The folders with a package-lock.json of their own: tools that the project itself does not depend on. */
const separate = [
  'test/mutation/stryker',
  'test/conformance/salesforce-core',
  'test/runtime/interface-client',
];

const HIGH = '--audit-level=high';

/** What is run, in order: the bill of materials, then any advisory of what is deployed, and high ones of tools. */
const runs: readonly (readonly string[])[] = [
  ['node', 'checks/sbom.ts'],
  ['npm', 'audit', '--omit=dev'],
  ['npm', 'audit', HIGH],
  ...separate.map((folder) => ['npm', 'audit', HIGH, '--prefix', folder]),
];

/** Runs all of them. @returns whether nothing was found */
export async function auditPackages(): Promise<boolean> {
  let isClean = true;
  for (const [file = '', ...args] of runs) {
    const { failed } = await execa(file, args, { cwd: root, reject: false, stdio: 'inherit' });
    if (failed) isClean = false;
  }
  return isClean;
}
