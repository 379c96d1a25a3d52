import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { createAwsErrorHandler } from '../aws.ts';
import { isErrorNamed } from '../errors.ts';

/** The AWS clients of `deploy` and `remove`, for one Region. */
export interface DeploymentClients {
  readonly cloudFormation: CloudFormationClient;
  readonly dynamoDb: DynamoDBClient;
  readonly eventBridge: EventBridgeClient;
  readonly kms: KMSClient;
  readonly lambda: LambdaClient;
  readonly s3: S3Client;
  readonly secretsManager: SecretsManagerClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly sts: STSClient;
}

export type CreateDeploymentClients = (region: string) => DeploymentClients;

/** Creates the clients, with the shell's credentials (and AWS_ENDPOINT_URL). */
export function createDeploymentClients(region: string): DeploymentClients {
  const settings = { region };
  return {
    cloudFormation: new CloudFormationClient(settings),
    dynamoDb: new DynamoDBClient(settings),
    eventBridge: new EventBridgeClient(settings),
    kms: new KMSClient(settings),
    lambda: new LambdaClient(settings),
    s3: new S3Client(settings),
    secretsManager: new SecretsManagerClient(settings),
    sns: new SNSClient(settings),
    // The Region's address is right for every queue; the SDK would warn of a local engine's.
    sqs: new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }),
    sts: new STSClient(settings),
  };
}

/** The Region of the shell: AWS_REGION, AWS_DEFAULT_REGION or that of the profile, as AWS's tools choose it. */
export const shellRegion = (): Promise<string | undefined> =>
  new STSClient({}).config.region().catch(() => undefined);

export const handleAwsError = createAwsErrorHandler(
  'those in docs/policies/deployer.json (docs/limits.md, "Permissions of the deployer")',
);

const DENIED = ['AccessDenied', 'AccessDeniedException', 'Forbidden', '403'];

/** The action that IAM denied, such as `lambda:GetAccountSettings`, if the error is such a denial. */
export function deniedAction(error: unknown): string | undefined {
  const denial =
    error instanceof Error && isErrorNamed(error.cause, ...DENIED) ? error.cause : error;
  if (!isErrorNamed(denial, ...DENIED)) return undefined;
  const [, action = 'a permission'] =
    /perform: ([a-z0-9-]+:\w+)/i.exec(denial instanceof Error ? denial.message : '') ?? [];
  return action;
}

/** The tag of what `deploy` creates outside the stack; its value is the stack's name. `remove` finds it by this. */
export const STACK_TAG = 'salesforce-eventbridge:stack';
