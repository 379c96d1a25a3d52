import { DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Flow, Rates } from '../../console/api.ts';
import { fakeStack, startConsole } from './harness.ts';

const MINUTE = 60_000;
const thisMinute = Date.parse('2026-11-28T10:20:00Z');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: thisMinute + MINUTE / 2 });
});
afterEach(() => {
  vi.useRealTimers();
});

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

const outputs = {
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

/** A stack in which something of everything happens. */
function scene() {
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
  aws.dynamoDb.on(GetItemCommand, { TableName: 'table' }).resolves({
    Item: {
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
    },
  });
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
  aws.cloudWatch.on(DescribeAlarmsCommand).resolves({
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
  });
  return aws;
}

const denied = Object.assign(new Error('User: x is not authorized to perform: s3:ListBucket'), {
  name: 'AccessDenied',
  $metadata: { httpStatusCode: 403 },
});

const asFlow = (body: unknown): Flow => Object(body);
const asRates = (body: unknown): Rates => Object(body);

describe('GET flow', () => {
  it('is the whole picture', async () => {
    const { clients } = scene();
    const { get } = await startConsole({ clients });
    const { status, body } = await get('flow');
    expect(status).toBe(200);
    expect(body).toEqual({
      queues: [
        { name: 'ApiCallQueue', visible: 5, hidden: 0, delayed: 1, oldestAgeSeconds: 30 },
        { name: 'ApiCallDlq', visible: 0, hidden: 2, delayed: 1 },
        // Its figure is of messages that have gone.
        { name: 'RuleDlq', visible: 0, hidden: 0, delayed: 1 },
        { name: 'SpillQueue', visible: 0, hidden: 0, delayed: 1 },
      ],
      parked: { count: 2, isComplete: true, byReason: { PERMANENT: 1, NO_MAPPING: 1 } },
      breaker: {
        scope: 'creates',
        reason: 'limit',
        openUntil: new Date(thisMinute + 10 * MINUTE).toISOString(),
        times: 1,
      },
      pause: {
        since: new Date(thisMinute).toISOString(),
        until: new Date(thisMinute + MINUTE).toISOString(),
        reason: 'release',
      },
      apiUsage: { percent: 12, at: new Date(thisMinute).toISOString() },
      alarms: [
        {
          name: 'stack-ApiCallDlqAlarm-1',
          logicalId: 'ApiCallDlqAlarm',
          state: 'ALARM',
          since: new Date(thisMinute).toISOString(),
          description: 'See the runbook.',
        },
        { name: 'stack', logicalId: 'StackAlarm', state: 'INSUFFICIENT_DATA', description: '' },
      ],
      problems: [],
    } satisfies Flow);
  });

  it('receives nothing from any queue', async () => {
    const { clients, sqs } = scene();
    const { get } = await startConsole({ clients });
    await get('flow');
    expect(sqs.commandCalls(ReceiveMessageCommand)).toHaveLength(0);
  });

  it('shows what it could read, and the problem of the rest', async () => {
    const { clients, s3, sqs } = scene();
    s3.on(ListObjectsV2Command).rejects(denied);
    sqs.on(GetQueueAttributesCommand, { QueueUrl: outputs.SpillQueueUrl }).rejects(denied);
    const { get } = await startConsole({ clients });
    const flow = asFlow((await get('flow')).body);
    expect(flow.queues.map(({ name }) => name)).toEqual(['ApiCallQueue', 'ApiCallDlq', 'RuleDlq']);
    expect(flow.parked).toEqual({ count: 0, isComplete: false, byReason: {} });
    expect(flow.alarms).toHaveLength(2);
    expect(flow.problems).toEqual([
      {
        kind: 'access denied',
        message: 'User: x is not authorized to perform: s3:ListBucket.',
        remedy: 'Required permissions: those in docs/policies/console-read.json.',
      },
    ]);
  });

  it('is read once for several tabs, and metrics once a minute', async () => {
    const { clients, cloudWatch, sqs } = scene();
    const { get } = await startConsole({ clients });
    await Promise.all([get('flow'), get('flow'), get('rates'), get('rates?minutes=60')]);
    await get('flow');
    expect(sqs.commandCalls(GetQueueAttributesCommand)).toHaveLength(4);
    expect(cloudWatch.commandCalls(GetMetricDataCommand)).toHaveLength(1);
  });

  it('counts parked messages in at most ten pages', async () => {
    const { clients, s3 } = scene();
    const Contents = Array.from({ length: 1_000 }, (_, id) => ({
      Key: `parked/PERMANENT/2026-11-28/${id}.json`,
    }));
    s3.on(ListObjectsV2Command).resolves({ Contents, IsTruncated: true });
    const { get } = await startConsole({ clients });
    const { parked } = asFlow((await get('flow')).body);
    expect(parked).toEqual({
      count: 10_000,
      isComplete: false,
      byReason: { PERMANENT: 10_000 },
    });
  });
});

describe('GET rates', () => {
  it("are CloudWatch's, with what they cost", async () => {
    const { clients, cloudWatch } = scene();
    const { get } = await startConsole({ clients });
    const rates = asRates((await get('rates?minutes=3')).body);
    expect(rates).toMatchObject({
      minutes: [-2, -1, 0].map((minute) => (thisMinute + minute * MINUTE) / 1_000),
      // Requests without those that were refused or ignored; never below zero.
      accepted: [0, 4, 0],
      rejected: [0, 4, 0],
      succeeded: [0, 4, 4],
      failed: [0, 0, 5],
      deadLettered: [0, 0, 0],
    });
    const [call] = cloudWatch.commandCalls(GetMetricDataCommand);
    const { MetricDataQueries = [], StartTime } = call?.args[0].input ?? {};
    expect(StartTime).toEqual(new Date(thisMinute - 2 * MINUTE));
    expect(MetricDataQueries).toHaveLength(12);
    expect(rates.costUsd).toBeCloseTo(12 * 0.00001);
  });

  it.each(['0', '1441', 'x', '-1', '1.5', ''])('refuse %j minutes', async (minutes) => {
    const { clients } = scene();
    const { get } = await startConsole({ clients });
    expect(await get(`rates?minutes=${minutes}`)).toMatchObject({
      status: 400,
      body: { kind: 'invalid', message: expect.stringContaining('minutes') },
    });
  });

  it('are counted from the log lines of the local stack, minutes that are over once', async () => {
    const { clients, logs, cloudWatch } = scene();
    const line = (minute: number, fields: object) => {
      const timestamp = thisMinute + minute * MINUTE;
      const at = new Date(timestamp).toISOString();
      return { timestamp, message: JSON.stringify({ timestamp: at, ...fields }) };
    };
    logs.on(FilterLogEventsCommand).callsFake(async ({ logGroupName, startTime = 0 }) => {
      const webhooks = [
        line(-30, { message: 'webhook accepted' }),
        line(0, { message: 'webhook accepted' }),
        line(0, { message: 'webhook ignored' }),
        line(0, { message: 'webhook rejected' }),
        { timestamp: thisMinute, message: 'START' },
        // The engine logs some lines with a later invocation.
        { ...line(-20, { message: 'webhook accepted' }), timestamp: thisMinute },
      ];
      const batches = [
        line(0, {
          message: 'batch processed',
          ApiCallSucceeded: 7,
          ApiCallFailed: 2,
          SalesforceApiUsagePercent: 3,
        }),
      ];
      const events = logGroupName?.endsWith('apicall') ? batches : webhooks;
      return { events: events.filter(({ timestamp }) => timestamp >= startTime) };
    });
    const { get } = await startConsole({ clients, isLocal: true });
    const first = asRates((await get('rates?minutes=60')).body);
    const now = (counts: readonly number[]) => counts.at(-1);
    expect(first.accepted.reduce((sum, one) => sum + one)).toBe(3);
    expect([first.rejected, first.succeeded, first.failed, first.deadLettered].map(now)).toEqual([
      1, 7, 2, 0,
    ]);
    expect(first.costUsd).toBe(0);
    const second = asRates((await get('rates?minutes=45')).body);
    expect(second.accepted.reduce((sum, one) => sum + one)).toBe(3);
    const { apiUsage } = asFlow((await get('flow')).body);
    expect(apiUsage?.percent).toBe(3);
    expect(cloudWatch.calls()).toHaveLength(0);
    const starts = logs
      .commandCalls(FilterLogEventsCommand)
      .map(({ args }) => args[0].input.startTime ?? 0);
    expect(Math.min(...starts.slice(2))).toBeGreaterThanOrEqual(thisMinute - MINUTE);
  });
});
