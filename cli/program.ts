import { Command, CommanderError } from 'commander';
import { MappingsError } from '../build/mappings/errors.ts';
import { StackError } from '../local/stack/errors.ts';
import { CliError } from './errors.ts';
import type { Terminal } from './terminal.ts';

/** Creates the program `npm run <name> --`, whose help and errors go to the terminal. */
export const createProgram = (
  name: string,
  description: string,
  { print, log }: Pick<Terminal, 'print' | 'log'>,
): Command =>
  new Command(`npm run ${name} --`)
    .description(description)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => print(text.trimEnd()),
      writeErr: (text) => log(text.trimEnd()),
    });

function exitCodeOf(error: unknown, { log }: Pick<Terminal, 'log'>, usageExitCode: number): number {
  // Commander has printed its message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageExitCode;
  if (!(error instanceof CliError || error instanceof StackError || error instanceof MappingsError))
    throw error;
  log(error.message);
  return error instanceof CliError ? error.exitCode : usageExitCode;
}

/**
 * Parses the command line and runs its command. Prints the message of an error that the user can fix.
 *
 * @param usageExitCode for an invalid command line, and for a local stack that does not run.
 * @returns the exit code; 0 when the command succeeded.
 */
export async function runProgram(
  program: Command,
  args: readonly string[],
  terminal: Pick<Terminal, 'log'>,
  usageExitCode = 2,
): Promise<number> {
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    return exitCodeOf(error, terminal, usageExitCode);
  }
}
