/** A command that the reprocessor cannot carry out; the message names what is wrong with it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** What replaces a dead letter could not be sent or stored: the dead letter stays where it is. */
export class HandoverError extends Error {
  override readonly name = 'HandoverError';
}
