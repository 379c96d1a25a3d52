import {
  DescribeAlarmsCommand,
  type DescribeAlarmsOutput,
  GetMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, vi } from 'vitest';
import { fakeStack } from './harness.ts';

export const MINUTE = 60_000;

/** The minute that it is for the tests of a file (`useThisMinute`). */
export const thisMinute = Date.parse('2026-11-28T10:20:00Z');

/** Stops the clock in the middle of `thisMinute`. */
export function useThisMinute(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: thisMinute + MINUTE / 2 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

const resources = {
  GitHubWebhookFunction: ['AWS::Lambda::Function', 'github-fn'],
  GitHubWebhookLogs: ['AWS::Logs::LogGroup', '/aws/lambda/github-webhook'],
  SalesforceApiCallLogs: ['AWS::Logs::LogGroup', '/aws/lambda/apicall'],
  IdempotencyTable: ['AWS::DynamoDB::Table', 'table'],
  ApiCallQueue: ['AWS::SQS::Queue', 'https://sqs/123456789012/api-call'],
  ApiCallDlq: ['AWS::SQS::Queue', 'https://sqs/123456789012/dlq'],
  RuleDlq: ['AWS::SQS::Queue', 'https://sqs/123456789012/rule-dlq'],
  SpillQueue: ['AWS::SQS::Queue', 'https://sqs/123456789012/spill'],
  ParkBucket: ['AWS::S3::Bucket', 'park'],
  ApiCallDlqAlarm: ['AWS::CloudWatch::Alarm', 'stack-ApiCallDlqAlarm-1'],
  StackAlarm: ['AWS::CloudWatch::CompositeAlarm', 'arn:aws:cloudwatch:us-east-1:1:alarm:stack'],
} as const;

export const outputs = {
  ApiCallQueueUrl: 'https://sqs/123456789012/api-call',
  ApiCallDlqUrl: 'https://sqs/123456789012/dlq',
  RuleDlqUrl: 'https://sqs/123456789012/rule-dlq',
  SpillQueueUrl: 'https://sqs/123456789012/spill',
  ParkBucketName: 'park',
};

const metrics: Readonly<Record<string, readonly number[]>> = {
  githubUrlRequestCount: [10, 5],
  githubUrl4xxCount: [3, 0],
  githubUrl5xxCount: [1, 0],
  githubIgnored: [2, 9],
  succeeded: [4, 4],
  ageApiCallQueue: [20, 30],
  ageRuleDlq: [7, 7],
  usage: [11, 12],
};

/** An open circuit breaker, and a pause. */
const Item = {
  reason: { S: 'limit' },
  scope: { S: 'creates' },
  openUntil: { N: String(thisMinute + 10 * MINUTE) },
  times: { N: '1' },
  pause: {
    M: {
      since: { N: String(thisMinute) },
      until: { N: String(thisMinute + MINUTE) },
      reason: { S: 'release' },
    },
  },
};

const alarms: DescribeAlarmsOutput = {
  MetricAlarms: [
    {
      AlarmName: 'stack-ApiCallDlqAlarm-1',
      StateValue: 'ALARM',
      StateTransitionedTimestamp: new Date(thisMinute),
      AlarmDescription: 'See the runbook.',
    },
    { AlarmName: 'other', StateValue: 'OK' },
  ],
  CompositeAlarms: [{ AlarmName: 'stack', StateValue: 'INSUFFICIENT_DATA' }],
};

/** A stack in which something of everything happens. */
export function scene() {
  const aws = fakeStack(resources, outputs);
  aws.sqs.on(GetQueueAttributesCommand).callsFake(async ({ QueueUrl = '' }) => ({
    Attributes: {
      ApproximateNumberOfMessages: QueueUrl.endsWith('api-call') ? '5' : '0',
      ApproximateNumberOfMessagesNotVisible: QueueUrl.endsWith('/dlq') ? '2' : '0',
      ApproximateNumberOfMessagesDelayed: '1',
    },
  }));
  const keys = ['parked/PERMANENT/2026-11-28/a.json', 'parked/NO_MAPPING/2026-11-28/b.json'];
  aws.s3
    .on(ListObjectsV2Command, { Bucket: 'park', Prefix: 'parked/' })
    .resolves({ Contents: keys.map((Key) => ({ Key })) });
  aws.dynamoDb.on(GetItemCommand, { TableName: 'table' }).resolves({ Item });
  aws.cloudWatch.on(GetMetricDataCommand).resolves({
    MetricDataResults: [
      ...Object.entries(metrics).map(([Id, Values]) => ({
        Id,
        Timestamps: [new Date(thisMinute - MINUTE), new Date(thisMinute)],
        Values: [...Values],
      })),
      { Id: 'failed', Label: 'permanent', Timestamps: [new Date(thisMinute)], Values: [2] },
      { Id: 'failed', Label: 'retry-soon', Timestamps: [new Date(thisMinute)], Values: [3] },
    ],
  });
  aws.cloudWatch.on(DescribeAlarmsCommand).resolves(alarms);
  return aws;
}
