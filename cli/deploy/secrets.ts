import {
  CreateSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import pMap from 'p-map';
import { type DeploymentClients, handleAwsError, STACK_TAG } from '../environment/aws.ts';
import type { Values } from '../environment/file.ts';
import { isErrorNamed, UsageError } from '../errors.ts';

type SecretsManager = Pick<DeploymentClients, 'secretsManager'>;

/** Writes a new version of a secret that is there already, or that is scheduled for deletion. */
async function overwrite(
  { secretsManager }: SecretsManager,
  SecretId: string,
  SecretString: string,
): Promise<string> {
  const restored = await secretsManager.send(new RestoreSecretCommand({ SecretId }));
  await secretsManager.send(new PutSecretValueCommand({ SecretId, SecretString }));
  return restored.ARN ?? '';
}

/**
 * Creates a secret of the environment; one of this name gets a new version.
 *
 * @returns its ARN.
 */
export async function writeSecret(
  clients: SecretsManager,
  { name, stackName, value }: { name: string; stackName: string; value: string },
): Promise<string> {
  const command = new CreateSecretCommand({
    Name: name,
    SecretString: value,
    Description: `Written by npm run deploy for ${stackName}`,
    Tags: [{ Key: STACK_TAG, Value: stackName }],
  });
  try {
    const { ARN = '' } = await clients.secretsManager.send(command);
    return ARN;
  } catch (error) {
    const isThere =
      isErrorNamed(error, 'ResourceExistsException') ||
      (error instanceof Error && /scheduled for deletion/.test(error.message));
    if (!isThere) return handleAwsError(error);
    return overwrite(clients, name, value).catch(handleAwsError);
  }
}

/** Why a function couldn't read a secret: it doesn't exist, or is about to be deleted. */
async function secretProblem(
  { secretsManager }: SecretsManager,
  SecretId: string,
): Promise<string | undefined> {
  try {
    const { DeletedDate } = await secretsManager.send(new DescribeSecretCommand({ SecretId }));
    if (DeletedDate === undefined) return undefined;
    return `is scheduled for deletion: aws secretsmanager restore-secret --secret-id ${SecretId}`;
  } catch (error) {
    if (isErrorNamed(error, 'ResourceNotFoundException'))
      return "doesn't exist in this account and Region";
    // Who deploys needn't be allowed to see the secret: only the functions are.
    if (isErrorNamed(error, 'AccessDeniedException')) return undefined;
    return handleAwsError(error);
  }
}

/** The parameters that name a secret that no function could read, in one sentence each. */
export async function secretProblems(clients: SecretsManager, values: Values): Promise<string[]> {
  const named = Object.entries(values).filter(([name, arn]) => /SecretArn$/.test(name) && arn);
  const problems = await pMap(
    named,
    async ([name, arn]) => {
      const problem = await secretProblem(clients, arn);
      return problem === undefined ? [] : [`${name}: the secret ${arn} ${problem}`];
    },
    { concurrency: 4 },
  );
  return problems.flat();
}

/** @throws UsageError when there is no such secret. */
export async function requireSecret(clients: SecretsManager, arn: string): Promise<void> {
  const problem = await secretProblem(clients, arn);
  if (problem !== undefined) throw new UsageError(`The secret ${problem}.`);
}
