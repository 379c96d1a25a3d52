import { DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeApiDestinationCommand,
  DescribeConnectionCommand,
  DescribeRuleCommand,
} from '@aws-sdk/client-eventbridge';
import {
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { createRoutes } from '../../console/server/all-routes.ts';
import { Connection } from '../../console/server/connection.ts';
import { root } from '../../local/stack/paths.ts';
import { environment } from '../functions/dlq-reprocessor/harness.ts';
import { account } from '../iam/simulate.ts';
import { fakeStack } from './harness.ts';

const RULE = `arn:aws:events:eu-west-1:${account}:rule/bus/stack-ContactRule`;
const undelivered = {
  MessageId: 'm1',
  ReceiptHandle: 'r1',
  Body: '{"id":"e1","source":"shop","detail-type":"Order","detail":{}}',
  Attributes: { SentTimestamp: String(Date.now() - 1_000), ApproximateReceiveCount: '1' },
  MessageAttributes: {
    RULE_ARN: { DataType: 'String', StringValue: RULE },
    TARGET_ARN: { DataType: 'String', StringValue: 'arn:target' },
    ERROR_CODE: { DataType: 'String', StringValue: 'TIMEOUT' },
  },
};

/** A stack of which everything can be read, with one message that a rule couldn't deliver. */
function scene() {
  const queues = ['ApiCallQueue', 'ApiCallDlq', 'RuleDlq', 'SpillQueue'];
  const urls = queues.map((queue) => [`${queue}Url`, `https://sqs/${account}/${queue}`]);
  const aws = fakeStack(
    {
      GitHubWebhookFunction: ['AWS::Lambda::Function', 'github-fn'],
      GitHubSigningSecret: ['AWS::SecretsManager::Secret', 'arn:secret'],
      GitHubWebhookLogs: ['AWS::Logs::LogGroup', '/aws/lambda/stack-github-webhook'],
      IdempotencyTable: ['AWS::DynamoDB::Table', 'table'],
      ContactDestination: ['AWS::Events::ApiDestination', 'contact'],
      ApiCallDlqAlarm: ['AWS::CloudWatch::Alarm', 'stack-ApiCallDlqAlarm-1'],
      RuleDlq: ['AWS::SQS::Queue', `https://sqs/${account}/RuleDlq`],
      ParkBucket: ['AWS::S3::Bucket', 'park'],
    },
    {
      ...Object.fromEntries(urls),
      GitHubWebhookUrl: 'https://url',
      ParkBucketName: 'park',
      PayloadBucketName: 'payloads',
      DlqReprocessorFunctionName: 'reprocessor',
    },
  );
  const Variables = { ...environment, RULE_DLQ_URL: `https://sqs/${account}/RuleDlq` };
  aws.lambda.on(GetFunctionConfigurationCommand).resolves({ Environment: { Variables } });
  aws.lambda.on(GetEventSourceMappingCommand).resolves({ State: 'Enabled' });
  aws.cloudFormation.on(DescribeStackResourceCommand).resolves({});
  aws.sqs
    .on(GetQueueAttributesCommand)
    .resolves({ Attributes: { MessageRetentionPeriod: '1209600' } });
  // Every other receive finds the queue empty, which ends a reading.
  let receives = 0;
  aws.sqs.on(ReceiveMessageCommand).callsFake(async ({ QueueUrl }) => {
    if (QueueUrl !== Variables.RULE_DLQ_URL) return {};
    receives += 1;
    return receives % 2 === 1 ? { Messages: [undelivered] } : {};
  });
  aws.dynamoDb.on(GetItemCommand).resolves({});
  aws.eventBridge.on(DescribeConnectionCommand).resolves({});
  aws.eventBridge.on(DescribeRuleCommand).resolves({ State: 'ENABLED' });
  aws.eventBridge
    .on(DescribeApiDestinationCommand)
    .resolves({ ConnectionArn: 'arn:x/connection/1' });
  aws.s3.onAnyCommand().resolves({});
  aws.logs.onAnyCommand().resolves({});
  aws.cloudWatch.onAnyCommand().resolves({});
  aws.secretsManager.onAnyCommand().resolves({});
  aws.sts.onAnyCommand().resolves({});
  return aws;
}

/** IAM's names of the operations that are called otherwise ("Actions, resources, and condition keys for AWS services"). */
const ACTIONS: Readonly<Record<string, string>> = {
  'lambda:Invoke': 'lambda:InvokeFunction',
  's3:ListObjectsV2': 's3:ListBucket',
  'sqs:ChangeMessageVisibilityBatch': 'sqs:ChangeMessageVisibility',
};
const PREFIXES: Readonly<Record<string, string>> = {
  eventBridge: 'events',
  lambdaInvoker: 'lambda',
};

/** The IAM actions of all calls that the mocks have had. */
const calledActions = ({ mocks }: ReturnType<typeof scene>): string[] => [
  ...new Set(
    Object.entries(mocks).flatMap(([client, mock]) =>
      mock.calls().map(({ args }) => {
        const operation = args[0].constructor.name.replace(/Command$/, '');
        const action = `${PREFIXES[client] ?? client.toLowerCase()}:${operation}`;
        return ACTIONS[action] ?? action;
      }),
    ),
  ),
];

const connect = async (aws: ReturnType<typeof scene>) =>
  new Connection({ stackName: 'stack' }, async () => aws.clients).get();

const isFailure = (error: unknown): string => (error instanceof Error ? error.name : 'Error');

/** The IAM actions of the calls that all readings of the console make. */
export async function readEverything(): Promise<string[]> {
  const aws = scene();
  const connected = await connect(aws);
  const queries = [
    { place: 'RuleDlq', store: 'RuleDlq', key: 'm1' },
    { place: 'parked', store: 'ParkBucket', key: 'parked/x' },
  ];
  for (const readIt of Object.values(createRoutes({ canSteer: true, root }).readings))
    for (const query of queries) await readIt(connected, { rest: 'm1', query }).catch(isFailure);
  return calledActions(aws);
}

/** The IAM actions of the calls that all actions of the console make. */
export async function doEverything(): Promise<string[]> {
  const aws = scene();
  const connected = await connect(aws);
  const body = { place: 'RuleDlq', ids: ['m1'], reason: 'x' };
  for (const [path, run] of Object.entries(createRoutes({ canSteer: true, root }).actions))
    await run(connected, path.startsWith('failures/') ? body : {}).catch(isFailure);
  return calledActions(aws);
}
