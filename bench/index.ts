import { readFile, writeFile } from 'node:fs/promises';
import { Argument, Command } from 'commander';
import { toJson } from '../cli/format.ts';
import { full, quick } from './effort.ts';
import { toPage } from './page.ts';
import { type Part, parts } from './parts.ts';
import { type Bench, checkGoal, toText } from './report.ts';
import { findingOf, keepFinding } from './store.ts';
import { machine, versions } from './versions.ts';

const PAGE = 'docs/benchmarks.md';
const EXPLANATIONS = 'bench/explanations.md';

interface Options {
  readonly quick?: boolean;
  readonly json?: boolean;
  readonly write?: boolean;
}

interface Found {
  readonly name: string;
  readonly bench: Bench;
}

function print({ sections, notes }: Bench): void {
  for (const section of sections) console.log(`${toText(section)}\n`);
  for (const note of notes) console.log(note);
}

function printJson(found: readonly Found[]): void {
  const results = found.map(({ name, bench: { sections, notes } }) => ({
    name,
    notes,
    sections: sections.map((section) => ({ ...section, goalResult: checkGoal(section) })),
  }));
  console.log(toJson('bench', true, { parts: results }));
}

/** Writes the page with the last results of each part. */
async function writePage(): Promise<void> {
  const findings = parts.map(async ({ name, title }) => ({
    name,
    title,
    finding: await findingOf(name),
  }));
  const page = toPage({
    parts: await Promise.all(findings),
    versions: await versions(),
    explanations: await readFile(EXPLANATIONS, 'utf8'),
  });
  await writeFile(PAGE, page);
  console.error(`Written: ${PAGE}`);
}

async function measure({ name, run }: Part, isQuick: boolean): Promise<Found> {
  console.error(`Measuring: ${name}`);
  return { name, bench: await run(isQuick ? quick : full) };
}

async function run(asked: readonly string[], options: Options): Promise<void> {
  const isQuick = options.quick === true;
  const found: Found[] = [];
  for (const part of parts.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
    const one = await measure(part, isQuick);
    found.push(one);
    if (!options.json) print(one.bench);
    if (options.write) {
      const at = new Date().toISOString();
      await keepFinding(one.name, { bench: one.bench, at, isQuick, machine: machine() });
    }
  }
  if (options.json) printJson(found);
  if (options.write) await writePage();
}

const described = (all: readonly Part[]): string =>
  all.map(({ name, description }) => `  ${name.padEnd(12)}${description}`).join('\n');

await new Command('npm run bench --')
  .description(
    'Compares this stack with its peers, in one run on one machine. The ratios are meaningful, the absolute figures are not.',
  )
  .addArgument(
    new Argument('[parts...]', 'what to measure (default: everything)').choices(
      parts.map(({ name }) => name),
    ),
  )
  .option('--quick', 'measure fewer rounds')
  .option('--json', 'print one JSON document')
  .option('--write', `write ${PAGE} with these results, and the last ones of all other parts`)
  .addHelpText('after', `\nParts:\n${described(parts)}`)
  .action(run)
  .parseAsync();
