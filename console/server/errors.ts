import * as z from 'zod';
import type { AwsProblem } from '../../cli/aws.ts';

/** What the page shows instead of an answer. */
export interface Problem {
  readonly kind:
    | 'unauthorized'
    | 'forbidden'
    | 'not found'
    | 'invalid'
    | 'read-only'
    | AwsProblem['kind'];
  readonly message: string;
  /** What to do, often a command. */
  readonly remedy?: string;
}

/** A request that can't be answered, with what the page shows. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message, options);
    this.problem = problem;
  }
}

/** @param message says what is wrong with which field, and what it takes. */
export const invalid = (message: string): ProblemError =>
  new ProblemError({ kind: 'invalid', message });

/** @param message says what was looked for, and where. */
export const notFound = (message: string, remedy?: string): ProblemError =>
  new ProblemError({ kind: 'not found', message, ...(remedy !== undefined && { remedy }) });

/** @throws ProblemError that names each value that the schema does not allow. */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const { data, error } = schema.safeParse(value);
  if (error) throw invalid(z.prettifyError(error));
  return data as z.infer<Schema>;
}
