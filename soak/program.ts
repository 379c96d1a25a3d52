import { InvalidArgumentError } from 'commander';
import { InterruptedError } from '../cli/errors.ts';
import { addJsonOption } from '../cli/options.ts';
import { createProgram, runProgram } from '../cli/program.ts';
import type { Terminal } from '../cli/terminal.ts';
import type { Options } from './run.ts';

interface Dependencies extends Pick<Terminal, 'print' | 'log'> {
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

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

/** `5` and `5m` alike. */
const minutes = (text: string): number => integer(1, 60)(text.replace(/m$/, ''));

const EXAMPLES = `
Examples:
  npm run soak -- --events 1000 --forgeries 1000
  npm run soak -- --seed 42
  npm run soak -- --outage 5`;

/** Runs one command line. @returns the exit code */
export async function main(args: readonly string[], dependencies: Dependencies): Promise<number> {
  const { signal } = dependencies;
  let exitCode = 0;
  const program = createProgram(
    'soak',
    'Sends events through a stack of its own that fails at every hop, and counts what became of each event.',
    dependencies,
  )
    .option('--events <number>', 'events to send', integer(1, MAX_EVENTS), 10_000)
    .option('--forgeries <number>', 'forged requests to send', integer(1, MAX_EVENTS), 10_000)
    .option('--seed <number>', 'repeats a run', integer(0, MAX_SEED), Date.now() % 1_000_000)
    .option('--outage <minutes>', 'measures an outage and a poison record instead', minutes)
    .option('--mappings <number>', 'sends events of mappings alone', integer(1, MAX_EVENTS))
    .option('--write', 'writes docs/reliability.md')
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options) => {
      const { run } = await import('./run.ts');
      const ok = await run(options, dependencies).catch((cause: unknown) => {
        throw signal.aborted ? new InterruptedError('Interrupted.', { cause }) : cause;
      });
      if (!ok) exitCode = 1;
    });
  return (await runProgram(addJsonOption(program), args, dependencies)) || exitCode;
}
