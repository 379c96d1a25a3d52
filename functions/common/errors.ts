/** Thrown while a function starts: lists every environment variable that is missing or malformed. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Configuration is incomplete: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

/** Neither the event bus nor the spill queue accepted an event: its sender must send it again. */
export class PublishError extends Error {
  override readonly name = 'PublishError';
}

/** A webhook's signing secret is missing, empty, or malformed. The message never contains the secret. */
export class SecretUnusableError extends Error {
  override readonly name = 'SecretUnusableError';
}

/** Wraps a thrown value that is not an `Error`, so that it can be logged. */
export const toError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown));
