/** A file that cannot be measured; the message names it. */
export class FiguresError extends Error {
  override readonly name = 'FiguresError';
}
