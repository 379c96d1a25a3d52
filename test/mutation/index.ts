import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../local/stack/paths.ts';
import { type Module, modules } from './modules.ts';
import { problemsOf, toPage } from './page.ts';
import { readResults } from './results.ts';
import { mutate } from './run.ts';
import survivors from './survivors.json' with { type: 'json' };

/** What is to be mutated: all, or the modules and files that are named. */
function chosen(names: readonly string[]): (readonly [Module, readonly string[]])[] {
  const known = new Set(modules.flatMap(({ name, files }) => [name, ...files]));
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new Error(
      `no module and no file of one: ${unknown.join(', ')}. Known: ${[...known].join(', ')}`,
    );
  }
  return modules.flatMap((module): [Module, readonly string[]][] => {
    if (names.length === 0 || names.includes(module.name)) return [[module, module.files]];
    const files = module.files.filter((file) => names.includes(file));
    return files.length === 0 ? [] : [[module, files]];
  });
}

for (const [module, files] of chosen(process.argv.slice(2))) await mutate(module, files);

const results = modules.map(readResults);
writeFileSync(join(root, 'docs/mutation.md'), toPage(results, survivors, new Date()));
const problems = problemsOf(results, survivors);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
