import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { StackError } from '../local/stack/errors.ts';
import { root } from '../local/stack/paths.ts';
import { toPage } from './report/page.ts';
import { toText } from './report/text.ts';
import { runSoak } from './run.ts';
import { faultsOf, type Soaked } from './soak.ts';

const PAGE = join(root, 'docs', 'reliability.md');

/** More would take a day: the soak is bounded. */
const MAX_EVENTS = 100_000;
const MAX_SEED = 2 ** 31 - 1;

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`A whole number from ${least} to ${most}.`);
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
    'Sends events through a stack of its own while everything around them fails, and counts what became of each.',
  )
  .option('--events <number>', 'events to send', whole(1, MAX_EVENTS), 10_000)
  .option('--forgeries <number>', 'forged requests to send', whole(1, MAX_EVENTS), 10_000)
  .option('--seed <number>', 'plays a run again', whole(0, MAX_SEED), Date.now() % 1_000_000)
  .option('--json', 'one JSON object, for programs')
  .option('--write', 'writes docs/reliability.md');

const interrupted = new AbortController();
process.on('SIGINT', () => interrupted.abort(new StackError('Interrupted.')));
process.on('SIGTERM', () => interrupted.abort(new StackError('Interrupted.')));

async function run({ json = false, write = false, ...options }: Options): Promise<void> {
  const say = (line: string): void => {
    if (!json) console.log(line);
  };
  say(`Seed ${options.seed}: --seed ${options.seed} plays this run again.`);
  const startedAt = performance.now();
  const soaked: Soaked = await runSoak(
    {
      ...options,
      redeploys: true,
      signal: interrupted.signal,
      onProgress: (line) =>
        say(`${((performance.now() - startedAt) / 1_000).toFixed(0)} s: ${line}`),
    },
    json,
  );
  const run = { ...options, minutes: (performance.now() - startedAt) / 60_000, soaked };
  const faults = faultsOf(soaked);
  console.log(json ? JSON.stringify({ ok: faults.length === 0, faults, ...run }) : toText(run));
  if (write) await writeFile(PAGE, await toPage(run, new Date()));
  if (faults.length > 0) process.exitCode = 1;
}

try {
  await run(program.parse().opts<Options>());
} catch (error) {
  if (!(error instanceof StackError) && !interrupted.signal.aborted) throw error;
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
