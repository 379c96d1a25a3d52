/** A page needs every part, and this one has never been measured in this clone. */
export class NotMeasuredError extends Error {
  override readonly name = 'NotMeasuredError';

  constructor(part: string, options: ErrorOptions) {
    super(`No page yet: '${part}' is not measured. Run npm run bench -- ${part} --write`, options);
  }
}
