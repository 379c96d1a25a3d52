import {
  CreateSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { parseJsonObject } from '../../functions/common/json.ts';
import type { AwsClients } from '../aws.ts';
import { isErrorNamed, UsageError } from '../errors.ts';
import { readTextFile } from '../files.ts';
import { handleAwsError } from './errors.ts';

interface SecretVersion {
  readonly arn: string;
  readonly versionId: string;
}

/** @throws UsageError when the secret has no current version. */
export async function findSecret(
  { secretsManager }: AwsClients,
  SecretId: string,
): Promise<SecretVersion> {
  const { ARN, VersionIdsToStages = {} } = await secretsManager
    .send(new DescribeSecretCommand({ SecretId }))
    .catch(handleAwsError);
  const current = Object.entries(VersionIdsToStages).find(([, stages]) =>
    stages.includes('AWSCURRENT'),
  );
  if (ARN !== undefined && current !== undefined) return { arn: ARN, versionId: current[0] };
  throw new UsageError(
    `The secret ${SecretId} has no value yet. Write one: npm run destination -- secret ${SecretId} --file FILE`,
  );
}

/** CloudFormation's dynamic references read only fields that are strings. */
const secretFields = z.record(z.string(), z.string());

/** Reads the credentials from a file. The error never contains its text. */
async function readSecretFile(file: string): Promise<string> {
  const text = await readTextFile(file);
  if (secretFields.safeParse(parseJsonObject(text)).success) return text;
  throw new UsageError(
    `${file} must contain a JSON object whose values are strings, such as {"apiKey": "…"}.`,
  );
}

/** Creates a secret from a file, or a new version of it. The value never appears on a command line. */
export async function writeSecret(
  { secretsManager }: AwsClients,
  Name: string,
  file: string,
): Promise<SecretVersion> {
  const SecretString = await readSecretFile(file);
  const { ARN = '', VersionId = '' } = await secretsManager
    .send(new CreateSecretCommand({ Name, SecretString }))
    .catch((error: unknown) => {
      if (!isErrorNamed(error, 'ResourceExistsException')) return handleAwsError(error);
      return secretsManager
        .send(new PutSecretValueCommand({ SecretId: Name, SecretString }))
        .catch(handleAwsError);
    });
  return { arn: ARN, versionId: VersionId };
}
