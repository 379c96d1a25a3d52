/** A check that could not be made: its message says why, and what to do. */
export class CheckError extends Error {
  override readonly name = 'CheckError';
}
