/** A command that the reprocessor cannot carry out; the message names what is wrong with it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
