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
import { type AwsErrorHandler, createAwsErrorHandler } from '../aws.ts';
import { isErrorNamed, UsageError } from '../errors.ts';

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

/** AWS denied a call, for lack of a permission. */
export class DeniedError extends UsageError {
  /** The action in IAM's words, such as `lambda:GetAccountSettings`. */
  readonly action: string;

  constructor(
    message: string,
    action: string,
    options?: ConstructorParameters<typeof UsageError>[1],
  ) {
    super(message, options);
    this.action = action;
  }
}

const handleError = createAwsErrorHandler(
  'those in docs/policies/deployer.json (docs/limits.md, "Permissions of the deployer")',
);

/** @throws DeniedError, or UsageError for any other error */
export const handleAwsError: AwsErrorHandler = (error) => {
  try {
    return handleError(error);
  } catch (described) {
    const isDenied = isErrorNamed(error, 'AccessDenied', 'AccessDeniedException');
    if (!isDenied || !(described instanceof UsageError)) throw described;
    const [, action = 'a permission'] = /perform: ([a-z0-9-]+:\w+)/i.exec(described.message) ?? [];
    const { problem, remedy } = described;
    throw new DeniedError(problem, action, { cause: error, remedy });
  }
};

/** The tag of what `deploy` creates outside the stack; its value is the stack's name. `remove` finds it by this. */
export const STACK_TAG = 'salesforce-eventbridge:stack';
