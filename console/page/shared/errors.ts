import type { Problem } from '../../api.ts';

/** An answer other than 2xx, or none. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message, options);
    this.problem = problem;
  }
}

/** What to show for anything that was thrown while an answer was awaited. */
export const problemOf = (error: unknown): Problem =>
  error instanceof ApiError ? error.problem : { kind: 'failed', message: String(error) };
