import { readFile, writeFile } from 'node:fs/promises';
import { toJson } from '../cli/format.ts';
import type { Terminal } from '../cli/terminal.ts';
import { full, quick } from './effort.ts';
import { toPage } from './page.ts';
import { type Part, parts } from './parts.ts';
import { type Bench, checkGoal, toText } from './report.ts';
import { findingOf, keepFinding } from './store.ts';
import { machine, versions } from './versions.ts';

const PAGE = 'docs/benchmarks.md';
const EXPLANATIONS = 'bench/explanations.md';

/** The options of `npm run bench`, as commander names them. */
export interface Options {
  readonly quick?: boolean;
  readonly json?: boolean;
  readonly write?: boolean;
}

interface Found {
  readonly name: string;
  readonly bench: Bench;
}

function printBench({ sections, notes }: Bench, { print }: Terminal): void {
  for (const section of sections) print(`${toText(section)}\n`);
  for (const note of notes) print(note);
}

function printJson(found: readonly Found[], { print }: Terminal): void {
  const results = found.map(({ name, bench: { sections, notes } }) => ({
    name,
    notes,
    sections: sections.map((section) => ({ ...section, goalResult: checkGoal(section) })),
  }));
  print(toJson('bench', true, { parts: results }));
}

/** Writes the page with the last results of each part. */
async function writePage({ log }: Terminal): Promise<void> {
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
  log(`Written: ${PAGE}`);
}

async function measure(part: Part, isQuick: boolean, { log }: Terminal): Promise<Found> {
  log(`Measuring: ${part.name}`);
  return { name: part.name, bench: await part.run(isQuick ? quick : full) };
}

/** Measures the parts that are asked for, or all, and prints or writes what was found. */
export async function run(
  asked: readonly string[],
  options: Options,
  terminal: Terminal,
): Promise<void> {
  const isQuick = options.quick === true;
  const found: Found[] = [];
  for (const part of parts.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
    const one = await measure(part, isQuick, terminal);
    found.push(one);
    if (!options.json) printBench(one.bench, terminal);
    if (options.write) {
      const at = new Date().toISOString();
      await keepFinding(one.name, { bench: one.bench, at, isQuick, machine: machine() });
    }
  }
  if (options.json) printJson(found, terminal);
  if (options.write) await writePage(terminal);
}
