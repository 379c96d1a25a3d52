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
import { describe, expect, it } from 'vitest';
import { createRoutes } from '../../console/server/all-routes.ts';
import { Connection } from '../../console/server/connection.ts';
import { root } from '../../local/stack/paths.ts';
import { isAllowedTo, own, readPolicy, via } from '../iam/policy-file.ts';
import { account, type Call, type Statement } from '../iam/simulate.ts';
import { fakeStack } from './harness.ts';

const buckets = { PARK_BUCKET: 'park', PAYLOAD_BUCKET: 'payloads' };
const reading = readPolicy('console-read.json', buckets);
const steering = readPolicy('console-steer.json', buckets);

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
  const Variables = {
    API_CALL_DLQ_URL: 'https://a',
    RULE_DLQ_URL: `https://sqs/${account}/RuleDlq`,
    SPILL_QUEUE_URL: 'https://s',
    API_CALL_QUEUE_URL: 'https://q',
    API_CALL_QUEUE_ARN: 'arn',
    API_CALL_RULE_ARNS: 'arn',
    API_CALL_POLLER_ID: 'p',
    REDRIVE_BUS_NAME: 'stack-redrive',
    PARK_BUCKET_NAME: 'park',
    IDEMPOTENCY_TABLE_NAME: 't',
  };
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

const actionsOf = (statements: readonly Statement[]): string[] =>
  statements.flatMap(({ Action }) => Action).filter((action) => !action.startsWith('kms:'));

const isFailure = (error: unknown): string => (error instanceof Error ? error.name : 'Error');

async function readEverything(): Promise<string[]> {
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

async function doEverything(): Promise<string[]> {
  const aws = scene();
  const connected = await connect(aws);
  const body = { place: 'RuleDlq', ids: ['m1'], reason: 'x' };
  for (const [path, run] of Object.entries(createRoutes({ canSteer: true, root }).actions))
    await run(connected, path.startsWith('failures/') ? body : {}).catch(isFailure);
  return calledActions(aws);
}

const breaker = { 'dynamodb:LeadingKeys': 'breaker' };
const table = own('dynamodb', 'table/stack-IdempotencyTable-1');
const poller = own('lambda', 'event-source-mapping:11111111-2222-3333-4444-555555555555');
const ofApicall = {
  'lambda:FunctionArn': own('lambda', 'function:stack-SalesforceApiCallFunction-1'),
};
const reprocessor = own('lambda', 'function:stack-DlqReprocessorFunction-1');

const readingCalls: readonly Call[] = [
  { action: 'cloudformation:DescribeStacks', resource: own('cloudformation', 'stack/stack/1') },
  { action: 'cloudformation:ListStackResources', resource: own('cloudformation', 'stack/stack/1') },
  { action: 'sqs:GetQueueAttributes', resource: own('sqs', 'stack-ApiCallQueue-1') },
  { action: 'sqs:ReceiveMessage', resource: own('sqs', 'stack-ApiCallDlq-1') },
  { action: 'sqs:ChangeMessageVisibility', resource: own('sqs', 'stack-SpillQueue-1') },
  { action: 'lambda:GetFunctionConfiguration', resource: reprocessor },
  { action: 's3:ListBucket', resource: 'arn:aws:s3:::park' },
  { action: 's3:GetObject', resource: 'arn:aws:s3:::payloads/github/1' },
  { action: 'dynamodb:GetItem', resource: table, context: breaker },
  {
    action: 'logs:FilterLogEvents',
    resource: own('logs', 'log-group:/aws/lambda/stack-github-webhook'),
  },
  { action: 'cloudwatch:GetMetricData', resource: own('cloudwatch', 'dataset/1') },
  {
    action: 'cloudwatch:DescribeAlarms',
    resource: own('cloudwatch', 'alarm:stack-ApiCallDlqAlarm-1'),
  },
  { action: 'events:DescribeApiDestination', resource: own('events', 'api-destination/contact/1') },
  { action: 'events:DescribeConnection', resource: own('events', 'connection/salesforce/1') },
  { action: 'events:DescribeRule', resource: own('events', 'rule/stack-redrive/stack-x-redrive') },
  {
    action: 'secretsmanager:DescribeSecret',
    resource: own('secretsmanager', 'secret:GitHub-AbCdEf'),
  },
  ...['sqs', 's3', 'dynamodb', 'lambda'].map((service) => ({
    action: 'kms:Decrypt',
    resource: own('kms', 'key/k'),
    context: via(service),
  })),
];

const steeringCalls: readonly Call[] = [
  { action: 'lambda:InvokeFunction', resource: reprocessor },
  {
    action: 'cloudformation:DescribeStackResource',
    resource: own('cloudformation', 'stack/stack/1'),
  },
  { action: 'dynamodb:UpdateItem', resource: table, context: breaker },
  { action: 'lambda:GetEventSourceMapping', resource: poller, context: ofApicall },
  { action: 'lambda:UpdateEventSourceMapping', resource: poller, context: ofApicall },
  { action: 'kms:Encrypt', resource: own('kms', 'key/k'), context: via('dynamodb') },
];

describe.each([
  ['console-read.json', reading, readingCalls],
  ['console-steer.json', steering, steeringCalls],
] as const)('docs/policies/%s', (_file, policy, calls) => {
  it.each(calls)('allows $action', async (call) => {
    expect(await isAllowedTo(call, policy)).toBe(true);
  });

  it('has no statement that can be left out', async () => {
    for (const gone of policy) {
      const identity = policy.filter((one) => one !== gone);
      const allowed = await Promise.all(calls.map((call) => isAllowedTo(call, identity)));
      expect(allowed).toContain(false);
    }
  });
});

describe('the two policies of the console', () => {
  it('allow the calls that it makes, and no others', async () => {
    const read = await readEverything();
    expect(read.toSorted()).toEqual(actionsOf(reading).toSorted());
    // "No permissions are required" (STS API Reference, "GetCallerIdentity").
    const known = [...read, 'sts:GetCallerIdentity'];
    const done = (await doEverything()).filter((action) => !known.includes(action));
    expect(done.toSorted()).toEqual(actionsOf(steering).toSorted());
  });

  it('keep what changes something out of reading', () => {
    const writes = actionsOf(reading).filter(
      (action) => !/:(?:Describe|Get|List|Filter)/.test(action),
    );
    // Messages are received from dead-letter queues only, and given back.
    expect(writes).toEqual(['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility']);
  });

  it.each<[string, Call]>([
    [
      'to receive requests',
      { action: 'sqs:ReceiveMessage', resource: own('sqs', 'stack-ApiCallQueue-1') },
    ],
    [
      'to delete messages',
      { action: 'sqs:DeleteMessage', resource: own('sqs', 'stack-ApiCallDlq-1') },
    ],
    [
      'to read a secret',
      {
        action: 'secretsmanager:GetSecretValue',
        resource: own('secretsmanager', 'secret:GitHub-AbCdEf'),
      },
    ],
    [
      'another item',
      {
        action: 'dynamodb:GetItem',
        resource: table,
        context: { 'dynamodb:LeadingKeys': 'attempts/1' },
      },
    ],
    ['another bucket', { action: 's3:GetObject', resource: 'arn:aws:s3:::other/x' }],
    ['the key elsewhere', { action: 'kms:Decrypt', resource: own('kms', 'key/k') }],
    [
      'another function',
      { action: 'lambda:InvokeFunction', resource: own('lambda', 'function:other') },
    ],
  ])('do not allow %s', async (_what, call) => {
    expect(await isAllowedTo(call, [...reading, ...steering])).toBe(false);
  });
});
