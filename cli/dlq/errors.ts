import { CliError, UsageError } from '../errors.ts';

const CHECK = 'for what is left, run npm run dlq -- status.';

/** The function threw. */
export class FunctionFailedError extends CliError {
  override readonly name = 'FunctionFailedError';

  constructor(functionName: string, error: string) {
    super(
      `The function ${functionName} failed: ${error}. No message is lost: one is deleted only after its replacement is confirmed. ` +
        `The function's log group has the whole error; ${CHECK}`,
    );
  }
}

/** No response came: it is unknown whether the function did its work. */
export class UnknownResultError extends CliError {
  override readonly name = 'UnknownResultError';

  constructor(cause: string, options?: ErrorOptions) {
    super(
      `${cause}: what this invocation did is unknown, and it may still be running. Running the command again loses no message and repeats no work; ${CHECK}`,
      options,
    );
  }
}

/** The function, or its parser here, rejected the command. */
export class CommandRejectedError extends UsageError {
  constructor(reason: string) {
    super(`The function rejects this command: ${reason}`);
  }
}

/** Lambda throttled the invocation: nothing was started. */
export class ThrottledError extends CliError {
  override readonly name = 'ThrottledError';

  constructor(options?: ErrorOptions) {
    super(
      'Lambda throttled the function (too many concurrent executions in this account and region, or of this function): ' +
        'this invocation did nothing. Try again in a minute; if it persists, raise the concurrency limit.',
      options,
    );
  }
}

/** The report does not match the schema: the deployed function is of another version. */
export class VersionMismatchError extends UsageError {
  constructor(fields: readonly string[]) {
    super(
      `The function's report does not match this command's version (${fields.join(', ')}): deploy this version (npm run deploy), or use the clone that was deployed.`,
    );
  }
}
