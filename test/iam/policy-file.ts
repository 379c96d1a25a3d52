import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../local/stack/paths.ts';
import { account, type Call, isAllowed, type Statement, sessionOf } from './simulate.ts';

const REGION = 'eu-west-1';

/** A policy of `docs/policies/` as its reader fills it in: for the stack `stack`, with the key `k`, and with `names`. */
export function readPolicy(file: string, names: Readonly<Record<string, string>> = {}) {
  const filledIn = { REGION, ACCOUNT: account, STACK_NAME: 'stack', KEY_ID: 'k', ...names };
  const text = Object.entries(filledIn).reduce(
    (policy, [name, value]) => policy.replaceAll(name, value),
    readFileSync(join(root, 'docs/policies', file), 'utf8'),
  );
  const { Statement }: { readonly Statement: Statement[] } = JSON.parse(text);
  return Statement;
}

/** The ARN of a resource of the account. */
export const own = (service: string, resource: string): string =>
  `arn:aws:${service}:${REGION}:${account}:${resource}`;

/** A call to KMS that a service makes for the caller. */
export const via = (service: string) => ({
  'kms:ViaService': `${service}.${REGION}.amazonaws.com`,
});

/** A key's policy leaves it to the account's own policies. */
const keyPolicy: readonly Statement[] = [
  {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'kms:*',
    Resource: '*',
  },
];

/** Whether somebody of the account with these statements may make a call. */
export const isAllowedTo = (call: Call, identity: readonly Statement[]): Promise<boolean> =>
  isAllowed(sessionOf('operator'), call, {
    identity,
    ...(call.action.startsWith('kms:') && { resource: keyPolicy }),
  });
