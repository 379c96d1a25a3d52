/** Why a command failed and how to fix it, in one sentence. Printed without a stack trace. */
export class StackError extends Error {
  override readonly name = 'StackError';
}
