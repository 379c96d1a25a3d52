import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsClientConfig } from './aws.ts';

/** One version of a secret. */
export interface SecretValue {
  readonly text: string;
  readonly createdAt: Date;
}

/** Reads the version with a staging label; `undefined` if there is none. Rejects if the call fails. */
export type ReadSecret = (stage: 'AWSCURRENT' | 'AWSPREVIOUS') => Promise<SecretValue | undefined>;

/**
 * Deadline for one read, retries included. On a cold start, a valid request makes at most two reads, which leaves enough
 * of a webhook function's 9 s for the event bus and, if that fails, for the spill queue. A mismatch on a cold start makes
 * four: if all of them are that slow, Lambda ends the invocation with an error.
 */
const READ_MS = 2_500;

const isNotFound = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ResourceNotFoundException';

export const createSecretReader =
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
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };
