import { CliError, UsageError } from '../errors.ts';

const LOOK = 'npm run dlq -- status shows what is left.';

/** The function did not come to its end; it says why. */
export class FunctionFailedError extends CliError {
  override readonly name = 'FunctionFailedError';

  constructor(functionName: string, said: string) {
    super(
      `The function ${functionName} failed: ${said}. Nothing is lost: a letter is deleted only after what replaces it is confirmed. ` +
        `The log group of the function has the whole error; ${LOOK}`,
    );
  }
}

/** Whether the function did its work is not known: no answer came. */
export class UnknownResultError extends CliError {
  override readonly name = 'UnknownResultError';

  constructor(what: string, options?: ErrorOptions) {
    super(
      `${what}: what this slice did is not known, and it may still be at work. Nothing is lost or done twice by looking again: ${LOOK}`,
      options,
    );
  }
}

/** The function refuses the command: it names what is wrong with it. */
export class RefusedCommandError extends UsageError {
  constructor(said: string) {
    super(`The function refuses the command: ${said}`);
  }
}

/** Too many executions at once: nothing was started. */
export class BusyError extends CliError {
  override readonly name = 'BusyError';

  constructor(options?: ErrorOptions) {
    super(
      'Lambda does not start the function now (too many executions at once in this account and region, or of this function): ' +
        'this slice did nothing. Try again in a minute; if it stays so, raise the concurrency limit.',
      options,
    );
  }
}

/** The deployed function speaks another version of the contract. */
export class OtherVersionError extends UsageError {
  constructor(places: readonly string[]) {
    super(
      `The function's answer has another form than this command expects (${places.join(', ')}): deploy this version (npm run deploy), or use the clone that was deployed.`,
    );
  }
}
