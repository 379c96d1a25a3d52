import { describe, expect, it } from 'vitest';
import { isAllowedTo, own, readPolicy, via } from '../iam/policy-file.ts';
import type { Call, Statement } from '../iam/simulate.ts';
import { doEverything, readEverything } from './called-actions.ts';

const buckets = { PARK_BUCKET: 'park', PAYLOAD_BUCKET: 'payloads' };
const reading = readPolicy('console-read.json', buckets);
const steering = readPolicy('console-steer.json', buckets);

const actionsOf = (statements: readonly Statement[]): string[] =>
  statements.flatMap(({ Action }) => Action).filter((action) => !action.startsWith('kms:'));

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
