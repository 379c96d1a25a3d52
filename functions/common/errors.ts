/** Thrown while a function starts: lists every environment variable that is missing or malformed. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Configuration is incomplete: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

/** Neither the event bus nor the spill queue took an event: its sender still owns it and must send it again. */
export class PublishError extends Error {
  override readonly name = 'PublishError';
}

/** A webhook's signing secret is missing, empty or malformed. Says what is wrong with it, never what it is. */
export class SecretUnusableError extends Error {
  override readonly name = 'SecretUnusableError';
}

/** Whatever was thrown, as an error that a log line can hold. */
export const toError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown));
