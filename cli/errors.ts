interface CliErrorOptions extends ErrorOptions {
  /** What to do: a sentence, or several. */
  readonly remedy?: string | undefined;
  /** What the command had found or done when it failed, for `--json`. */
  readonly result?: unknown;
}

/** A failure whose message tells the user what was wrong and what to do. Printed without a stack trace. */
export class CliError extends Error {
  override readonly name: string = 'CliError';
  readonly exitCode: number = 1;
  /** The message without the remedy. */
  readonly problem: string;
  readonly remedy: string | undefined;
  readonly result: unknown;

  constructor(problem: string, { remedy, result, ...options }: CliErrorOptions = {}) {
    super(remedy === undefined ? problem : `${problem} ${remedy}`, options);
    this.problem = problem;
    this.remedy = remedy;
    this.result = result;
  }
}

/** The command line, or what the command needs from the account (stack, credentials, permissions), is wrong. */
export class UsageError extends CliError {
  override readonly name = 'UsageError';
  override readonly exitCode = 2;
}

/** What was looked for is not there; the message says what was read. */
export class NotFoundError extends CliError {
  override readonly name = 'NotFoundError';
}

/** Ctrl-C. A shell reports 130 for a program that SIGINT ended. */
export class InterruptedError extends CliError {
  override readonly name = 'InterruptedError';
  override readonly exitCode = 130;
}

/** Whether an error has one of these names: AWS SDK errors are told apart by `name`, Node's by `code`. */
export const isErrorNamed = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof Error &&
  names.some((name) => error.name === name || ('code' in error && error.code === name));

/** One problem a line, each a sentence. */
export const toSentences = (problems: readonly string[]): string =>
  problems.map((problem) => problem.replace(/[.?]?$/, (end) => end || '.')).join('\n');

/** What is printed about an error, with `--json` as `error` of the document. */
export interface ErrorReport {
  readonly message: string;
  /** What to do. */
  readonly remedy?: string | undefined;
  readonly exitCode: number;
}

/** Exit code of an error that a program does not expect: EX_SOFTWARE of sysexits.h. */
const UNEXPECTED = 70;

/** Node's message about a module, when it is not a file of ours: `Cannot find package 'x' imported from …`. */
const MISSING_PACKAGE = /^Cannot find package '([^']+)'/;

/** The report of an error that nobody expected: its name and the first line of its message, never its stack. */
export function reportUnexpected(error: unknown): ErrorReport {
  const { message, name } = error instanceof Error ? error : new Error(String(error));
  const [, missing] = MISSING_PACKAGE.exec(message) ?? [];
  if (missing !== undefined)
    return { message: `The package ${missing} is missing.`, remedy: 'Run npm ci.', exitCode: 2 };
  return {
    message: `${name}: ${message.split('\n', 1)[0]}`.replace(/\.?$/, '.'),
    remedy: 'This is a bug: run the command again with DEBUG=1 for the stack.',
    exitCode: UNEXPECTED,
  };
}
