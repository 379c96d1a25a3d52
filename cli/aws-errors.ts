import { UsageError } from './errors.ts';

const remediesFor = (permissions: string): readonly (readonly [RegExp, string])[] => [
  [
    /does not exist/,
    'Deploy it first (npm run deploy), or name yours with --stack-name, or set AWS_REGION to the region that it is in.',
  ],
  [/Region is missing/, 'Set AWS_REGION to the region that the stack is in.'],
  [/AccessDenied|not authorized/, `It takes ${permissions}.`],
  [
    /credentials|token.*(expired|invalid)|\bsso\b|UnrecognizedClient|ExpiredToken/i,
    'Sign in to the account of the stack (aws sso login or the like).',
  ],
  [
    /ECONNREFUSED|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|Timeout/,
    'AWS, or the local stack, cannot be reached.',
  ],
];

/**
 * Explains refusals of AWS.
 *
 * @param permissions what a command needs, for whoever lacks them.
 * @returns a function that throws UsageError with what AWS says and, where it is known, what to do.
 */
export function awsExplainer(permissions: string): (error: unknown) => never {
  const remedies = remediesFor(permissions);
  return (error) => {
    if (!(error instanceof Error)) throw error;
    const code = 'code' in error ? String(error.code) : '';
    const said = `${error.name} ${code} ${error.message}`;
    const [, remedy = ''] = remedies.find(([pattern]) => pattern.test(said)) ?? [];
    const words = (error.message || code || error.name).replace(/\.?$/, '.');
    throw new UsageError(`AWS says: ${words} ${remedy}`.trimEnd(), { cause: error });
  };
}
