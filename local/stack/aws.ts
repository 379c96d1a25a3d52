import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { ListQueuesCommand, SQSClient, SQSServiceException } from '@aws-sdk/client-sqs';
import { signingSecret } from '../../functions/common/webhook/signing-secret.ts';
import { localCredentials } from './engine.ts';
import { StackError } from './errors.ts';

export const stackName = 'salesforce-eventbridge';
export const region = localCredentials.AWS_REGION;

/**
 * Settings of an AWS client that calls only the local stack. The timeouts hold on a busy machine: the SDK makes a call twice
 * if the engine answers late.
 */
export const localClient = (endpoint: string) => ({
  endpoint,
  region,
  credentials: {
    accessKeyId: localCredentials.AWS_ACCESS_KEY_ID,
    secretAccessKey: localCredentials.AWS_SECRET_ACCESS_KEY,
  },
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000 },
});

/** Whether the emulator enforces IAM: it refuses credentials that nobody has issued. */
export async function enforcesIam(endpoint: string): Promise<boolean> {
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'unknown' };
  const client = new SQSClient({ ...localClient(endpoint), credentials });
  return client.send(new ListQueuesCommand({})).then(
    () => false,
    (error: unknown) => {
      if (error instanceof SQSServiceException) return true;
      throw error;
    },
  );
}

/** The deployed stack's outputs, by key. */
export async function readOutputs(endpoint: string): Promise<Record<string, string>> {
  const client = new CloudFormationClient(localClient(endpoint));
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
  const outputs = Stacks?.[0]?.Outputs ?? [];
  return Object.fromEntries(
    outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
}

export interface CreatedSecret {
  readonly arn: string;
  readonly versionId: string;
}

const isExisting = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ResourceExistsException';

/** Creates the secret that EventBridge connections resolve, before the stack is deployed. */
export async function createConnectionSecret(
  endpoint: string,
  value: object,
): Promise<CreatedSecret> {
  const client = new SecretsManagerClient(localClient(endpoint));
  const Name = `${stackName}-connection`;
  const SecretString = JSON.stringify(value);
  const { ARN, VersionId } = await client
    .send(new CreateSecretCommand({ Name, SecretString }))
    .catch((error: unknown) => {
      // The user's own emulator keeps it between starts.
      if (isExisting(error))
        return client.send(new PutSecretValueCommand({ SecretId: Name, SecretString }));
      throw error;
    });
  if (ARN && VersionId) return { arn: ARN, versionId: VersionId };
  throw new StackError('Secrets Manager returned no ARN and version for the connection secret.');
}

/** Writes a secret's value. Functions use it from their next read on. */
export async function putSecret(endpoint: string, secretId: string, value: string): Promise<void> {
  const client = new SecretsManagerClient(localClient(endpoint));
  await client.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: value }));
}

export interface WebhookSecrets {
  readonly github: string;
  readonly twilio: string;
}

/**
 * The secrets in force on the deployed stack, whether its parameters hold a value or the ARN of a secret. Empty for a
 * provider without one.
 */
export async function readWebhookSecrets(endpoint: string): Promise<WebhookSecrets> {
  const cloudFormation = new CloudFormationClient(localClient(endpoint));
  const secrets = new SecretsManagerClient(localClient(endpoint));
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }));
  const resources: StackResourceSummary[] = [];
  const pages = paginateListStackResources({ client: cloudFormation }, { StackName: stackName });
  for await (const { StackResourceSummaries = [] } of pages)
    resources.push(...StackResourceSummaries);
  const read = async (provider: string): Promise<string> => {
    const given = Stacks?.[0]?.Parameters?.find(
      ({ ParameterKey }) => ParameterKey === `${provider}WebhookSecretArn`,
    );
    const own = resources.find(
      ({ LogicalResourceId }) => LogicalResourceId === `${provider}SigningSecret`,
    );
    const SecretId = given?.ParameterValue || own?.PhysicalResourceId;
    if (SecretId === undefined) return '';
    const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }));
    return signingSecret(SecretString);
  };
  return { github: await read('GitHub'), twilio: await read('Twilio') };
}
