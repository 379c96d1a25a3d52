import { UsageError } from '../errors.ts';
import type { Terminal } from '../terminal.ts';
import type { Identity } from './account.ts';
import { type Environment, shownPath } from './file.ts';

/**
 * Shows where a command works, and refuses another account or Region than the file's.
 *
 * @param explicitRegion the Region in the shell's variables.
 */
export function requirePlace(
  { account, file, region, stackName }: Environment,
  identity: Identity,
  { explicitRegion, log }: Pick<Terminal, 'log'> & { explicitRegion: string | undefined },
): void {
  const path = shownPath(file);
  if (identity.account !== account)
    throw new UsageError(
      `${path} is for account ${account}, but your shell is signed in to ${identity.account} (${identity.arn}): sign in to the other account, or pass another --env.`,
    );
  if (explicitRegion !== undefined && explicitRegion !== region)
    throw new UsageError(
      `${path} is for ${region}, but AWS_REGION or AWS_DEFAULT_REGION is ${explicitRegion}: unset it, or pass another --env.`,
    );
  log(`${stackName} in ${region}, account ${account}, by ${path}. Signed in as ${identity.arn}`);
}
