import { readFile, writeFile } from 'node:fs/promises';
import { Argument, Command } from 'commander';
import { full, quick } from './effort.ts';
import { toPage } from './page.ts';
import { type Part, parts } from './parts.ts';
import { type Bench, toText, verdict } from './report.ts';
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
  readonly title: string;
  readonly bench: Bench;
}

function print({ bench: { sections, notes } }: Found): void {
  for (const section of sections) console.log(`${toText(section)}\n`);
  for (const note of notes) console.log(note);
}

function printJson(found: readonly Found[]): void {
  const judged = found.map(({ name, bench: { sections, notes } }) => ({
    name,
    notes,
    sections: sections.map((section) => ({ ...section, verdict: verdict(section) })),
  }));
  console.log(JSON.stringify(judged, undefined, 2));
}

async function write(benches: readonly Found[], isQuick: boolean): Promise<void> {
  const findings = {
    benches,
    isQuick,
    versions: await versions(),
    machine: machine(),
    date: new Date(),
  };
  await writeFile(PAGE, toPage(findings, await readFile(EXPLANATIONS, 'utf8')));
  console.error(`Written: ${PAGE}`);
}

async function run(asked: readonly string[], options: Options): Promise<void> {
  const isQuick = options.quick === true;
  const chosen = parts.filter(({ name }) => asked.length === 0 || asked.includes(name));
  const found: Found[] = [];
  for (const { name, title, run: bench } of chosen) {
    console.error(`Measuring: ${name}`);
    const one = { name, title, bench: await bench(isQuick ? quick : full) };
    found.push(one);
    if (!options.json) print(one);
  }
  if (options.json) printJson(found);
  if (options.write) await write(found, isQuick);
}

const described = (all: readonly Part[]): string =>
  all.map(({ name, description }) => `  ${name.padEnd(12)}${description}`).join('\n');

const program = new Command('npm run bench --')
  .description(
    'Measures this stack beside its peers, in one run on one machine: ratios count, figures do not.',
  )
  .addArgument(
    new Argument('[parts...]', 'what to measure; nothing: everything').choices(
      parts.map(({ name }) => name),
    ),
  )
  .option('--quick', 'fewer rounds, for a first look')
  .option('--json', 'for programs')
  .option('--write', `writes ${PAGE}; only with everything`)
  .addHelpText('after', `\nParts:\n${described(parts)}`)
  .action(async (asked: string[], options: Options) => {
    if (options.write && asked.length > 0) {
      program.error(`--write makes a page of everything: name no parts with it`);
    }
    await run(asked, options);
  });

await program.parseAsync();
