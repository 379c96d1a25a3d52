import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The TypeScript files that the compiler checks, by their paths from the root, with their texts. */
export function readSources(root: string): ReadonlyMap<string, string> {
  const { include }: { include: readonly string[] } = JSON.parse(
    readFileSync(join(root, 'tsconfig.json'), 'utf8'),
  );
  const patterns = include.map((name) => (name.includes('*') ? name : `${name}/**/*.ts`));
  const files = globSync(patterns, { cwd: root }).toSorted();
  return new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
}
