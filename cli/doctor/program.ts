import { Command, CommanderError } from 'commander';
import { StackError } from '../../local/stack/errors.ts';
import { CliError } from '../errors.ts';
import { type StackChoice, withStack } from '../stack.ts';
import type { Aws } from './aws.ts';
import { examine } from './examine.ts';
import { readFacts } from './facts.ts';
import { describe, exitCodeOf, toJson } from './report.ts';

/** The world around the command. */
export interface World {
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
  readonly connect: (choice: StackChoice) => Promise<Aws>;
}

interface Arguments extends StackChoice {
  readonly json?: boolean;
}

const EXIT_CODES =
  '\nExit codes: 0 all is well, 1 something is wrong, 2 it could not be looked at, wholly or in part.';

async function run(args: Arguments, { connect, print }: World): Promise<number> {
  const aws = await connect(args);
  const results = await examine(await readFacts(aws, args), aws);
  print(args.json ? toJson(results) : describe(results));
  return exitCodeOf(results);
}

function explain(error: unknown, { complain }: World): number {
  // Commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (!(error instanceof CliError || error instanceof StackError)) throw error;
  complain(error.message);
  return 2;
}

/** Runs one command line; answers the exit code. */
export async function main(args: readonly string[], world: World): Promise<number> {
  let exitCode = 0;
  const program = withStack(new Command('npm run doctor --'))
    .description(
      'Looks at a deployed stack, thing by thing, and says what is wrong and what to do. Changes nothing.',
    )
    .option('--json', 'one JSON document, for programs')
    .addHelpText('after', EXIT_CODES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => world.print(text.trimEnd()),
      writeErr: (text) => world.complain(text.trimEnd()),
    })
    .action(async (options: Arguments) => {
      exitCode = await run(options, world);
    });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    return explain(error, world);
  }
  return exitCode;
}
