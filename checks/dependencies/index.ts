import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { paths, root } from '../../local/stack/paths.ts';
import manifest from '../../package.json' with { type: 'json' };
import { checkAll } from './check.ts';
import { deployedUnits } from './deployed.ts';
import { CheckError } from './errors.ts';
import { installedPackages } from './installed.ts';
import { exitCodeOf, toText } from './report.ts';
import { sbom, unitsByTitle } from './sbom.ts';

interface Options {
  readonly audit: boolean;
  readonly sbom: string;
}

async function run({ audit, sbom: file }: Options): Promise<void> {
  process.chdir(root);
  const [units, packages] = await Promise.all([deployedUnits(), installedPackages()]);
  const results = await checkAll({ units, packages, audit });
  for (const result of results) console.log(toText(result));
  const bom = await sbom(manifest.name, unitsByTitle(packages, units));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(bom, undefined, 2)}\n`);
  console.log(`Bill of materials (CycloneDX): ${file}`);
  process.exitCode = exitCodeOf(results);
}

const program = new Command('npm run packages --')
  .description(
    'Checks the npm packages: unused ones, duplicates in what a function loads, licences, advisories. Writes the bill of materials.',
  )
  .addHelpText(
    'after',
    '\nExit codes: 0 all is well, 1 something has to be mended, 2 something could not be checked.',
  )
  .option(
    '--sbom <file>',
    'where the bill of materials is written',
    join(paths.local, 'sbom.cdx.json'),
  )
  .option('--no-audit', 'does not ask the registry for advisories')
  .action((options: Options) => run({ ...options, sbom: resolve(options.sbom) }));

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CheckError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
