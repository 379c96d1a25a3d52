import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { explainAws } from './aws-errors.ts';
import { SetupError } from './errors.ts';
import type { Aws } from './stack.ts';

/** Writes the secret's value; the one before stays as AWSPREVIOUS. Answers the new version's id. */
export async function writeSecret(
  { secretsManager }: Aws,
  secretArn: string,
  json: string,
): Promise<string> {
  const command = new PutSecretValueCommand({ SecretId: secretArn, SecretString: json });
  const { VersionId = '' } = await secretsManager.send(command).catch(explainAws);
  return VersionId;
}

const isEmpty = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ResourceNotFoundException';

/** @throws SetupError when the secret has no value yet. */
export async function readSecret({ secretsManager }: Aws, secretArn: string): Promise<string> {
  const command = new GetSecretValueCommand({ SecretId: secretArn });
  const { SecretString } = await secretsManager.send(command).catch((error: unknown) => {
    return isEmpty(error) ? { SecretString: undefined } : explainAws(error);
  });
  if (SecretString !== undefined) return SecretString;
  throw new SetupError('The secret has no value yet. Write it: npm run salesforce -- secret');
}
