import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { StackError } from '../local/stack/errors.ts';
import { root } from '../local/stack/paths.ts';
import { requireNothingRunning } from '../local/stack/run-state.ts';
import { down, up } from '../local/stack/up.ts';
import { toPage } from './report/page.ts';
import { toText } from './report/report.ts';
import { problemsOf, type SoakOptions, type SoakResult, soak } from './soak.ts';

const PAGE = join(root, 'docs', 'reliability.md');

/** More would take a day. */
const MAX_EVENTS = 100_000;
const MAX_SEED = 2 ** 31 - 1;

function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Must be a whole number from ${min} to ${max}.`);
  };
}

interface Options {
  readonly events: number;
  readonly forgeries: number;
  readonly seed: number;
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
  .option('--json', 'prints one JSON object')
  .option('--write', 'writes docs/reliability.md');

const interrupted = new AbortController();
process.on('SIGINT', () => interrupted.abort(new StackError('Interrupted.')));
process.on('SIGTERM', () => interrupted.abort(new StackError('Interrupted.')));

/** Runs the soak on a stack of its own, which is removed afterwards. The soak invokes the reprocessor itself. */
async function runSoak(options: SoakOptions, silent: boolean): Promise<SoakResult> {
  await requireNothingRunning();
  const stack = await up({
    command: 'npm run soak',
    ownerPid: process.pid,
    parameters: { ReprocessorState: 'DISABLED' },
    signal: options.signal,
    silent,
  });
  try {
    return await soak(stack, options);
  } finally {
    await down();
  }
}

async function main({ json = false, write = false, ...options }: Options): Promise<void> {
  const log = (line: string): void => {
    if (!json) console.log(line);
  };
  log(`Seed ${options.seed}: --seed ${options.seed} repeats this run.`);
  const startedAt = performance.now();
  const onProgress = (line: string): void =>
    log(`${((performance.now() - startedAt) / 1_000).toFixed(0)} s: ${line}`);
  const { signal } = interrupted;
  const result = await runSoak({ ...options, redeploys: true, signal, onProgress }, json);
  const run = { ...options, minutes: (performance.now() - startedAt) / 60_000, result };
  const problems = problemsOf(result);
  console.log(json ? JSON.stringify({ ok: problems.length === 0, problems, ...run }) : toText(run));
  if (write) await writeFile(PAGE, await toPage(run, new Date()));
  if (problems.length > 0) process.exitCode = 1;
}

try {
  await main(program.parse().opts<Options>());
} catch (error) {
  if (!(error instanceof StackError) && !interrupted.signal.aborted) throw error;
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
