import { CliError, UsageError } from '../errors.ts';
import type { Suggest } from './suggest.ts';

const checkWith = (suggest: Suggest): string => `For what is left, run ${suggest('status')}.`;

/** The function threw. */
export class FunctionFailedError extends CliError {
  override readonly name = 'FunctionFailedError';

  constructor(functionName: string, error: string, suggest: Suggest) {
    super(
      `The function ${functionName} failed: ${error}. No message is lost: one is deleted only after its replacement is confirmed.`,
      { remedy: `The function's log group has the whole error. ${checkWith(suggest)}` },
    );
  }
}

/** No response came: it is unknown whether the function did its work. */
export class UnknownResultError extends CliError {
  override readonly name = 'UnknownResultError';

  constructor(cause: string, suggest: Suggest, options?: ErrorOptions) {
    super(`${cause}: what this invocation did is unknown, and it may still be running.`, {
      ...options,
      remedy: `Running the command again loses no message and repeats no work. ${checkWith(suggest)}`,
    });
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
        'this invocation did nothing.',
      { ...options, remedy: 'Try again in a minute; if it persists, raise the concurrency limit.' },
    );
  }
}

/** The report does not match the schema: the deployed function is of another version. */
export class VersionMismatchError extends UsageError {
  constructor(fields: readonly string[]) {
    super(`The function's report does not match this command's version (${fields.join(', ')}).`, {
      remedy: 'Deploy this version (npm run deploy), or use the clone that was deployed.',
    });
  }
}
