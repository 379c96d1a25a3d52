/** What a person at the terminal can put right: its message says what was wrong and what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';
}
