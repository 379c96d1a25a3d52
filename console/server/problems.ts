import { awsProblemOf } from '../../cli/aws.ts';
import { CliError, NotFoundError, UsageError } from '../../cli/errors.ts';
import { StackError } from '../../local/stack/errors.ts';
import { type Problem, ProblemError } from './errors.ts';

const STATUSES: Readonly<Record<Problem['kind'], number>> = {
  unauthorized: 401,
  forbidden: 403,
  'not found': 404,
  invalid: 400,
  'read-only': 403,
  'no credentials': 502,
  'expired credentials': 502,
  'access denied': 502,
  unreachable: 502,
  throttled: 503,
  failed: 500,
};

export const statusOf = ({ kind }: Problem): number => STATUSES[kind];

/** Errors of the SDK, or of the network, that AWS has not answered. */
const UNANSWERED =
  /Credentials|Timeout|ECONN|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|Region is missing/;

/** The error of AWS, or of the connection to it, that a library function has put into words for the terminal. */
function awsErrorIn(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof CliError) return awsErrorIn(error.cause);
  const code = 'code' in error ? error.code : '';
  const isAws = '$metadata' in error || UNANSWERED.test(`${error.name} ${code} ${error.message}`);
  return isAws ? error : undefined;
}

/** An error that nobody has foreseen can quote what was read: the page gets its kind only. */
const unforeseen = (error: unknown): Problem => ({
  kind: 'failed',
  message: `The console could not do this (${error instanceof Error ? error.name : 'Error'}): this is a bug in it.`,
  remedy: 'The terminal of npm run console has the details.',
});

/**
 * What the page shows for an error.
 *
 * @param policy the file in docs/policies with the permissions that the request needs.
 */
export function problemOf(error: unknown, policy: string): Problem {
  if (error instanceof ProblemError) return error.problem;
  const awsError = awsErrorIn(error);
  if (awsError !== undefined) return awsProblemOf(awsError, `those in docs/policies/${policy}`);
  if (error instanceof StackError)
    return { kind: 'unreachable', message: error.message, remedy: 'npm run local:up' };
  if (!(error instanceof CliError)) return unforeseen(error);
  const { problem: message, remedy } = error;
  const isInvalid = error instanceof UsageError;
  const kind = error instanceof NotFoundError ? 'not found' : isInvalid ? 'invalid' : 'failed';
  return { kind, message, ...(remedy !== undefined && { remedy }) };
}

/** Whether nobody has foreseen the error. */
export const isUnforeseen = (error: unknown): boolean =>
  awsErrorIn(error) === undefined &&
  !(error instanceof ProblemError || error instanceof StackError || error instanceof CliError);
