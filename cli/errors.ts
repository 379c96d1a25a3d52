interface CliErrorOptions extends ErrorOptions {
  /** What to do: a sentence, or several. */
  readonly remedy?: string;
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
