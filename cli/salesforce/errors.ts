/** What stopped a command, in one sentence with its remedy: printed as it is, without a stack trace. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}
