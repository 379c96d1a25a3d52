import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { samVenv, venvBin } from '../../local/stack/python.ts';
import type { Json } from './template.ts';

/**
 * The output of cfn-lint, which is empty if it finds nothing.
 *
 * @throws Error with its findings.
 */
export function lint(files: readonly string[]): string {
  const args = ['--regions', 'us-east-1', '--', ...files];
  return execFileSync(venvBin(samVenv, 'cfn-lint'), args, { encoding: 'utf8' });
}

/** Lints resolved resources, each in a template of its own and without the exceptions in its Metadata. */
export function lintEach(resources: readonly Json[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'resolved-'));
  try {
    return lint(
      resources.map((resource, index) => {
        const file = join(folder, `${index}.json`);
        const alone = { ...resource, Metadata: undefined };
        writeFileSync(file, JSON.stringify({ Resources: { Resource: alone } }));
        return file;
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
