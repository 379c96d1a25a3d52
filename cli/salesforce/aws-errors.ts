import { SetupError } from './errors.ts';

const remedies: readonly (readonly [RegExp, string])[] = [
  [/does not exist/, 'Deploy it first (npm run deploy), or name yours with --stack-name.'],
  [/Region is missing/, 'Set AWS_REGION to the region that the stack is in.'],
  [
    /AccessDenied|not authorized/,
    "It takes cloudformation:DescribeStacks, and secretsmanager:GetSecretValue or PutSecretValue on the stack's secret.",
  ],
  [
    /credentials|token.*(expired|invalid)|\bsso\b|UnrecognizedClient|ExpiredToken/i,
    'Sign in to the account of the stack (aws sso login or the like).',
  ],
  [/ECONNREFUSED|ENOTFOUND|ETIMEDOUT|Timeout/, 'AWS, or the local stack, cannot be reached.'],
];

/** @throws SetupError with what AWS says and, where it is known, what to do. */
export function explainAws(error: unknown): never {
  if (!(error instanceof Error)) throw error;
  const code = 'code' in error ? String(error.code) : '';
  const said = `${error.name} ${code} ${error.message}`;
  const [, remedy = ''] = remedies.find(([pattern]) => pattern.test(said)) ?? [];
  const words = (error.message || code || error.name).replace(/\.?$/, '.');
  throw new SetupError(`AWS says: ${words} ${remedy}`.trimEnd(), { cause: error });
}
