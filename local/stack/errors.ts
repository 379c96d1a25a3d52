/** Why a command failed and how to fix it, in one sentence. Printed without a stack trace. */
export class StackError extends Error {
  override readonly name: string = 'StackError';
}

/** A command needs a stack that runs, and none does. */
export class NoStackError extends StackError {
  override readonly name = 'NoStackError';

  constructor() {
    super('No stack is running. Start one with npm run local:up.');
  }
}
