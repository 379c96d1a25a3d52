import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { UsageError } from '../../cli/errors.ts';
import type { Terminal } from '../../cli/terminal.ts';
import { root } from '../../local/stack/paths.ts';
import { suggestion } from '../../local/template/constraints.ts';
import { type Module, modules } from './modules.ts';
import { problemsOf, toPage } from './page.ts';
import { readResults } from './results.ts';
import { mutate } from './run.ts';
import survivors from './survivors.json' with { type: 'json' };

/** What is to be mutated: all, or the modules and files that are named. @throws UsageError for other names */
function chosen(names: readonly string[]): (readonly [Module, readonly string[]])[] {
  const known = modules.flatMap(({ name, files }) => [name, ...files]);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new UsageError(
      `There is no module, and no file of one, ${unknown}${suggestion(unknown, known) || ': npm run mutation -- --help lists the modules'}.`,
    );
  return modules.flatMap((module): [Module, readonly string[]][] => {
    if (names.length === 0 || names.includes(module.name)) return [[module, module.files]];
    const files = module.files.filter((file) => names.includes(file));
    return files.length === 0 ? [] : [[module, files]];
  });
}

/** Mutates what is named, and writes docs/mutation.md. @returns whether every survivor is one that is explained */
export async function runMutation(
  names: readonly string[],
  { log }: Pick<Terminal, 'log'>,
): Promise<boolean> {
  const modulesAndFiles = chosen(names);
  await execa('npm', ['ci', '--prefix', 'test/mutation/stryker'], { cwd: root, stdio: 'inherit' });
  for (const [module, files] of modulesAndFiles) await mutate(module, files);
  const results = modules.map(readResults);
  writeFileSync(join(root, 'docs/mutation.md'), toPage(results, survivors, new Date()));
  const problems = problemsOf(results, survivors);
  for (const problem of problems) log(problem);
  return problems.length === 0;
}
