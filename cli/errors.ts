/** What a person at the terminal can put right: its message says what was wrong and what to do. */
export class CliError extends Error {
  override readonly name: string = 'CliError';
  /** What the command ends with. */
  readonly exitCode: number = 1;
}

/** The command line, or what it needs of the account (stack, sign-in, permissions), is not as it must be. */
export class UsageError extends CliError {
  override readonly name = 'UsageError';
  override readonly exitCode = 2;
}

/** Ctrl-C; 130 is what a shell reports of a program that SIGINT ended. */
export class InterruptedError extends CliError {
  override readonly name = 'InterruptedError';
  override readonly exitCode = 130;
}
