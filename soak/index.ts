import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { toJson } from '../cli/format.ts';
import { StackError } from '../local/stack/errors.ts';
import { root } from '../local/stack/paths.ts';
import { requireNothingRunning } from '../local/stack/run-state.ts';
import type { Stack } from '../local/stack/stack-file.ts';
import { down, up } from '../local/stack/up.ts';
import { EVENT_ID_FIELDS } from './events/routes.ts';
import { measureCosts, problemsOfCosts } from './outage.ts';
import { replacePart, toCostPart, toMappingsPart, toPage } from './report/page.ts';
import { costSection, toTable, toText } from './report/report.ts';
import { problemsOf, soak } from './soak.ts';

const PAGE = join(root, 'docs', 'reliability.md');

/** More would take a day. */
const MAX_EVENTS = 100_000;
const MAX_SEED = 2 ** 31 - 1;

/** The template's default. */
const MAX_REDRIVES = 3;

function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Must be a whole number from ${min} to ${max}.`);
  };
}

/** `5` and `5m` alike. */
const minutes = (text: string): number => integer(1, 60)(text.replace(/m$/, ''));

interface Options {
  readonly events: number;
  readonly forgeries: number;
  readonly seed: number;
  /** Events of mappings, instead of those of all routes. */
  readonly mappings?: number;
  /** Minutes. */
  readonly outage?: number;
  readonly json?: boolean;
  readonly write?: boolean;
}

const program = new Command('npm run soak --')
  .description(
    'Sends events through a stack of its own that fails at every hop, and counts what became of each event.',
  )
  .option('--events <number>', 'events to send', integer(1, MAX_EVENTS), 10_000)
  .option('--forgeries <number>', 'forged requests to send', integer(1, MAX_EVENTS), 10_000)
  .option('--seed <number>', 'repeats a run', integer(0, MAX_SEED), Date.now() % 1_000_000)
  .option('--outage <minutes>', 'measures an outage and a poison record instead', minutes)
  .option('--mappings <number>', 'sends events of mappings alone', integer(1, MAX_EVENTS))
  .option('--json', 'prints one JSON object')
  .option('--write', 'writes docs/reliability.md');

const interrupted = new AbortController();
process.on('SIGINT', () => interrupted.abort(new StackError('Interrupted.')));
process.on('SIGTERM', () => interrupted.abort(new StackError('Interrupted.')));

/**
 * The soak invokes the reprocessor itself; the outage leaves dead-letter messages where they are. The timeout is the
 * template's default, not the local stack's.
 */
const parameters = {
  ReprocessorState: 'DISABLED',
  EventIdFields: EVENT_ID_FIELDS,
  ApiCallTimeoutSeconds: '60',
};

/** Does something with a stack of its own, which is removed afterwards. */
async function withStack<Result>(silent: boolean, work: (stack: Stack) => Promise<Result>) {
  await requireNothingRunning();
  const { signal } = interrupted;
  const stack = await up({
    command: 'npm run soak',
    ownerPid: process.pid,
    parameters,
    signal,
    silent,
  });
  try {
    return await work(stack);
  } finally {
    await down();
  }
}

async function main(options: Options): Promise<void> {
  const { json = false, mappings, outage, seed, write = false } = options;
  const log = (line: string): void => {
    if (!json) console.log(line);
  };
  log(`Seed ${seed}: --seed ${seed} repeats this run.`);
  const startedAt = performance.now();
  const minutesRun = (): number => (performance.now() - startedAt) / 60_000;
  const onProgress = (line: string): void => log(`${(minutesRun() * 60).toFixed(0)} s: ${line}`);
  const report = (problems: readonly string[], values: object, text: string): void => {
    const result = { problems, ...values };
    console.log(json ? toJson('soak', problems.length === 0, result) : text);
    if (problems.length > 0) process.exitCode = 1;
  };
  const writePart = async (part: string): Promise<void> => {
    if (write) await writeFile(PAGE, replacePart(await readFile(PAGE, 'utf8'), part));
  };
  if (outage !== undefined) {
    const costs = await withStack(json, (stack) => measureCosts(stack, seed, outage));
    const problems = problemsOfCosts(costs);
    report(problems, costs, [toTable(costSection(costs)), ...problems].join('\n'));
    return writePart(await toCostPart(costs, new Date()));
  }
  const { signal } = interrupted;
  const run = mappings === undefined ? options : { ...options, events: mappings, forgeries: 0 };
  const onlyMappings = mappings !== undefined;
  const result = await withStack(json, (stack) =>
    soak(stack, {
      ...run,
      maxRedrives: MAX_REDRIVES,
      redeploys: !onlyMappings,
      onlyMappings,
      signal,
      onProgress,
    }),
  );
  const finished = { ...run, onlyMappings, minutes: minutesRun(), result };
  report(problemsOf(result), finished, toText(finished));
  const toPart = onlyMappings ? toMappingsPart : toPage;
  return writePart(await toPart(finished, new Date()));
}

try {
  await main(program.parse().opts<Options>());
} catch (error) {
  if (!(error instanceof StackError) && !interrupted.signal.aborted) throw error;
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
