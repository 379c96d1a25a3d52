import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsClientConfig } from './aws.ts';
import { SecretUnusableError } from './errors.ts';

/** One version of a secret, by its staging label. */
export interface SecretValue {
  readonly text: string;
  readonly createdAt: Date;
}

/** Reads a secret's version; `undefined` where there is no version with that label. Rejects when AWS does. */
export type ReadSecret = (stage: 'AWSCURRENT' | 'AWSPREVIOUS') => Promise<SecretValue | undefined>;

/**
 * The time for one read, retries included. A cold start makes two at most, so that of a webhook function's 9 s enough
 * is left for the bus and, should it refuse, for the spill queue.
 */
const READ_MS = 2_500;

const isMissing = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ResourceNotFoundException';

export const secretsManager =
  (secretArn: string, client = new SecretsManagerClient(awsClientConfig)): ReadSecret =>
  async (VersionStage) => {
    try {
      const command = new GetSecretValueCommand({ SecretId: secretArn, VersionStage });
      const { SecretString, CreatedDate } = await client.send(command, {
        abortSignal: AbortSignal.timeout(READ_MS),
      });
      if (SecretString === undefined) return undefined;
      return { text: SecretString, createdAt: CreatedDate ?? new Date(0) };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };

/**
 * The signing secret in a secret's text: the text itself, or the field `secret` of a JSON object.
 *
 * @throws SecretUnusableError when it is empty, or JSON without that field.
 */
export function signingSecret(text: string): string {
  const value = text.trimStart().startsWith('{') ? secretField(text) : text;
  // A text editor's final newline is never part of a secret, and the commonest cause of 401s.
  const trimmed = value.replace(/\r?\n$/, '');
  if (trimmed === '') throw new SecretUnusableError('the secret is empty');
  return trimmed;
}

function secretField(text: string): string {
  const fields = parseObject(text);
  const value = fields?.['secret'];
  if (typeof value === 'string') return value;
  throw new SecretUnusableError('the secret is JSON without a text field "secret"');
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    throw new SecretUnusableError('the secret begins with { and is not JSON');
  }
}
