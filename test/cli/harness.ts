import {
  CloudFormationClient,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import type { AwsClients } from '../../cli/aws.ts';

export type Texts = Readonly<Record<string, string>>;

/** A deployed stack, as CloudFormation describes it. */
export const describedStack = (
  outputs: Texts,
  parameters: Texts = {},
  change: Partial<Stack> = {},
): Stack => ({
  StackName: 'salesforce-eventbridge',
  CreationTime: new Date(0),
  StackStatus: 'CREATE_COMPLETE',
  Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
  Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  })),
  ...change,
});

/** The commands' AWS clients, each with a mock that answers in place of AWS. */
export function mockAws(stack: Stack) {
  const region = { region: 'us-east-1' };
  const clients: AwsClients = {
    cloudFormation: new CloudFormationClient(region),
    cloudWatch: new CloudWatchClient(region),
    logs: new CloudWatchLogsClient(region),
    dynamoDb: new DynamoDBClient(region),
    eventBridge: new EventBridgeClient(region),
    kms: new KMSClient(region),
    lambda: new LambdaClient(region),
    lambdaInvoker: new LambdaClient(region),
    s3: new S3Client(region),
    scheduler: new SchedulerClient(region),
    secretsManager: new SecretsManagerClient(region),
    sqs: new SQSClient(region),
    sts: new STSClient(region),
  };
  const cloudFormation = mockClient(clients.cloudFormation);
  cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [stack] });
  const mocks = {
    cloudFormation,
    cloudWatch: mockClient(clients.cloudWatch),
    logs: mockClient(clients.logs),
    dynamoDb: mockClient(clients.dynamoDb),
    eventBridge: mockClient(clients.eventBridge),
    kms: mockClient(clients.kms),
    lambda: mockClient(clients.lambda),
    lambdaInvoker: mockClient(clients.lambdaInvoker),
    s3: mockClient(clients.s3),
    scheduler: mockClient(clients.scheduler),
    secretsManager: mockClient(clients.secretsManager),
    sqs: mockClient(clients.sqs),
    sts: mockClient(clients.sts),
  };
  return { clients, ...mocks, mocks };
}
