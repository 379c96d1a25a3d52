import { CliError } from '../errors.ts';

/** What stopped a command, in one sentence with its remedy: printed as it is, without a stack trace. */
export class SetupError extends CliError {
  override readonly name = 'SetupError';
}
