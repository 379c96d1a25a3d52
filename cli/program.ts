import { inspect } from 'node:util';
import { Command, CommanderError } from 'commander';
import { MappingsError } from '../build/mappings/errors.ts';
import { NoStackError, StackError } from '../local/stack/errors.ts';
import { nearest } from '../local/template/constraints.ts';
import { CliError, type ErrorReport, reportUnexpected } from './errors.ts';
import { toJson } from './format.ts';
import { columnsOf, type Terminal } from './terminal.ts';

type Output = Pick<Terminal, 'print' | 'log'>;

const CHOICES = /(?:argument|value) '([^']*)' is invalid.*Allowed choices are ([^.]*)\./;

/** Commander suggests commands and options that are mistyped; this does so for values. */
function withSuggestion(text: string): string {
  const [, given = '', choices = ''] = CHOICES.exec(text) ?? [];
  const meant = nearest(given, choices.split(', '));
  return meant === undefined ? text : `${text.trimEnd()}\n(Did you mean ${meant}?)`;
}

/** Creates the program `npm run <name> --`, whose help and errors go to the terminal. */
export const createProgram = (name: string, description: string, { print, log }: Output): Command =>
  new Command(`npm run ${name} --`)
    .description(description)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => print(text.trimEnd()),
      writeErr: (text) => log(text.trimEnd()),
      outputError: (text, write) => write(withSuggestion(text)),
      getOutHelpWidth: () => columnsOf(process.stdout),
      getErrHelpWidth: () => columnsOf(process.stderr),
    });

interface Failure extends ErrorReport {
  readonly result?: unknown;
}

/** Commander's codes of help that was not asked for: the command is missing. */
const HELP = 'commander.help';

/** The exit code of a command line that is wrong, and of what a command needs and is not there (docs/commands.md). */
const USAGE = 2;

const toFailure = (error: unknown): Failure => {
  if (error instanceof CliError) return { ...error, message: error.problem };
  if (error instanceof MappingsError || error instanceof NoStackError)
    return { exitCode: USAGE, message: error.message };
  if (error instanceof StackError) return { exitCode: 1, message: error.message };
  if (!(error instanceof CommanderError)) return reportUnexpected(error);
  const message =
    error.code === HELP
      ? 'The command is missing.'
      : withSuggestion(error.message.replace(/^error: /, ''));
  return { exitCode: error.exitCode === 0 ? 0 : USAGE, message };
};

/** The command as typed, such as `dlq status`; without options. */
function commandOf(command: Command, args: readonly string[]): string {
  const [, own = command.name()] = /^npm run (\S+) --$/.exec(command.name()) ?? [];
  const known = new Map(command.commands.map((one) => [one.name(), one]));
  const index = args.findIndex((arg) => known.has(arg));
  const next = known.get(args[index] ?? '');
  return next === undefined ? own : `${own} ${commandOf(next, args.slice(index + 1))}`;
}

/** Commander would also write its errors to standard error. */
function silenceErrors(command: Command): void {
  command.configureOutput({ writeErr: () => undefined });
  for (const one of command.commands) silenceErrors(one);
}

/** Commander has printed its own errors. */
function logFailure({ message, remedy = '' }: Failure, error: unknown, { log }: Output): void {
  if (!(error instanceof CommanderError)) log(`${message} ${remedy}`.trimEnd());
  if (process.env['DEBUG']) log(inspect(error));
}

/**
 * Parses the command line and runs its command. Prints the message of an error that the user can fix, and one line about any other:
 * with `--json`, as the JSON document `{command, ok: false, error: {message, remedy}}`, which also has the `result` of an error that
 * has one.
 *
 * @returns the exit code; 0 when the command succeeded, 2 for an invalid command line, and if the local stack does not run.
 */
export async function runProgram(
  program: Command,
  args: readonly string[],
  output: Output,
): Promise<number> {
  const isJson = args.includes('--json');
  if (isJson) silenceErrors(program);
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    const failure = toFailure(error);
    if (failure.exitCode === 0) return 0;
    const { message, remedy, result } = failure;
    if (isJson) output.print(toJson(commandOf(program, args), false, result, { message, remedy }));
    else logFailure(failure, error, output);
    return failure.exitCode;
  }
}
