import { Argument } from 'commander';
import { addJsonOption } from '../cli/options.ts';
import { createProgram, runProgram } from '../cli/program.ts';
import type { Terminal } from '../cli/terminal.ts';
import { type Part, parts } from './parts.ts';
import type { Options } from './run.ts';

const described = (all: readonly Part[]): string =>
  all.map(({ name, description }) => `  ${name.padEnd(12)}${description}`).join('\n');

const HELP = `
Examples:
  npm run bench -- calls --quick
  npm run bench -- webhooks session --write

Parts:
${described(parts)}`;

/** Runs one command line. @returns the exit code */
export function main(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = createProgram(
    'bench',
    'Compares this stack with its peers, in one run on one machine. The ratios are meaningful, the absolute figures are not.',
    terminal,
  )
    .addArgument(
      new Argument('[parts...]', 'what to measure (default: everything)').choices(
        parts.map(({ name }) => name),
      ),
    )
    .option('--quick', 'measure fewer rounds')
    .option(
      '--write',
      'write docs/benchmarks.md with these results, and the last ones of all other parts',
    )
    .addHelpText('after', HELP)
    .action(async (asked: readonly string[], options: Options) => {
      const { run } = await import('./run.ts');
      return run(asked, options, terminal);
    });
  return runProgram(addJsonOption(program), args, terminal);
}
