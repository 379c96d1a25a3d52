import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DetectStackDriftCommand,
  GetTemplateSummaryCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { root } from '../../../../local/stack/paths.ts';
import manifest from '../../../../package.json' with { type: 'json' };
import { ARN, doctor, healthyStack, type Stack } from '../harness.ts';

const HOUR = 3_600;

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

/** Messages in a queue, and the age of the oldest in seconds. */
function waiting({ cloudWatch, sqs }: Stack, queue: string, count: number, age?: number): void {
  sqs.on(GetQueueAttributesCommand, { QueueUrl: queue, AttributeNames: [...COUNTS] }).resolves({
    Attributes: { ApproximateNumberOfMessages: String(count) },
  });
  cloudWatch.on(GetMetricDataCommand).callsFake(({ MetricDataQueries }) => ({
    MetricDataResults: MetricDataQueries.map(
      ({
        Id,
        MetricStat,
      }: {
        Id: string;
        MetricStat: { Metric: { Dimensions: { Value: string }[] } };
      }) => ({
        Id,
        Timestamps: [new Date(Date.now() - 60_000), new Date()],
        Values:
          MetricStat.Metric.Dimensions[0]?.Value === queue && age !== undefined ? [1, age] : [],
      }),
    ),
  }));
}

describe('messages', () => {
  it.each<[string, number, number | undefined, RegExp, number]>([
    [
      'ApiCallDlq',
      10,
      3 * HOUR,
      /^warning {2}messages in ApiCallDlq: 10 messages, the oldest 3h old\n.*npm run dlq -- preview --stack-name stack --queue apicall$/m,
      0,
    ],
    ['RuleDlq', 1, undefined, /^warning {2}messages in RuleDlq: 1 message\n.*--queue rule$/m, 0],
    [
      'SpillQueue',
      2,
      12 * 24 * HOUR,
      /^failed {3}messages in SpillQueue: 2 messages, the oldest 12d old: they expire/m,
      1,
    ],
    ['ApiCallQueue', 5, 30, /^ok {7}messages in ApiCallQueue: 5 messages, the oldest 30s old$/m, 0],
    [
      'ApiCallQueue',
      5,
      2 * HOUR,
      /^warning {2}messages in ApiCallQueue: 5 messages, the oldest 2h old$/m,
      0,
    ],
  ])('in %s: %d, %s s old', async (queue, count, age, finding, exit) => {
    const stack = healthyStack();
    waiting(stack, queue, count, age);
    const { exitCode, output } = await doctor(stack);
    expect(output).toMatch(finding);
    expect(exitCode).toBe(exit);
  });

  it('of the local stack have no age, which is said', async () => {
    const stack = healthyStack({ AlarmTopicArn: '' });
    const { output } = await doctor(stack, '--local');
    expect(output).not.toContain('notify nobody');
    expect(output).toContain('npm run salesforce -- check --local)');
    expect(stack.cloudWatch.calls()).toHaveLength(0);
    expect(output).toMatch(
      /^Not checked: .*states of alarms and ages of messages: the local engine has none/m,
    );
  });

  it('that are parked are counted by reason, in pages', async () => {
    const stack = healthyStack();
    const page = (reason: string, count: number) =>
      Array.from({ length: count }, (_, id) => ({ Key: `parked/${reason}/2026-11-28/${id}.json` }));
    stack.s3
      .on(ListObjectsV2Command)
      .resolvesOnce({
        Contents: page('PERMANENT', 1_000),
        IsTruncated: true,
        NextContinuationToken: 'x',
      })
      .resolvesOnce({ Contents: [...page('PERMANENT', 1), ...page('OUTCOME_UNKNOWN', 2)] });
    const { exitCode, output } = await doctor(stack);
    expect(output).toMatch(
      /^warning {2}parked messages: 1,003 messages: 1,001 PERMANENT, 2 OUTCOME_UNKNOWN\n.*unpark --stack-name stack --dry-run/m,
    );
    expect(exitCode).toBe(0);
  });
});

it('reports an open circuit breaker', async () => {
  const stack = healthyStack();
  const openUntil = { N: String(Date.now() + 60_000) };
  const Item = { reason: { S: 'login' }, scope: { S: 'all' }, times: { N: '1' }, openUntil };
  stack.dynamoDb.on(GetItemCommand).resolves({ Item });
  const { exitCode, output } = await doctor(stack);
  expect(output).toMatch(
    /^failed {3}circuit breaker: is open until \S+: Salesforce refuses the login, and every request waits/m,
  );
  expect(output).toContain('npm run salesforce -- check --stack-name stack');
  expect(exitCode).toBe(1);
});

it('reports alarms in ALARM, with what their descriptions advise', async () => {
  const stack = healthyStack();
  stack.cloudWatch.on(DescribeAlarmsCommand).resolves({
    MetricAlarms: [
      {
        AlarmName: 'ApiCallQueueAgeAlarm',
        StateValue: 'ALARM',
        AlarmDescription: 'Requests wait. Run: npm run doctor',
        StateTransitionedTimestamp: new Date('2026-11-28T01:00:00Z'),
      },
    ],
  });
  const { exitCode, output } = await doctor(stack);
  expect(output).toMatch(
    /^failed {3}alarm ApiCallQueueAgeAlarm: is in ALARM since 2026-11-28T01:00:00.000Z\n.*→ Requests wait\. Run: npm run doctor$/m,
  );
  expect(exitCode).toBe(1);
});

it('tells how old a secret is, and that connections have another version', async () => {
  const stack = healthyStack({ ConnectionSecretArn: 'connection', ConnectionSecretVersionId: '1' });
  stack.secretsManager.on(DescribeSecretCommand).resolves({
    VersionIdsToStages: { 1: ['AWSPREVIOUS'], 2: ['AWSCURRENT'] },
    LastChangedDate: new Date(Date.now() - 40 * 86_400_000),
  });
  const { output } = await doctor(stack);
  expect(output).toMatch(/^ok {7}Salesforce secret: has a value, written 40d ago$/m);
  expect(output).toMatch(
    /^warning {2}connection secret: has a value, written 40d ago: newer than .*\n.*--set ConnectionSecretVersionId=/m,
  );
});

it('reports that the storage for code is nearly full', async () => {
  const stack = healthyStack();
  stack.lambda.on(GetAccountSettingsCommand).resolves({
    AccountLimit: {
      ConcurrentExecutions: 1_000,
      UnreservedConcurrentExecutions: 900,
      TotalCodeSize: 100,
    },
    AccountUsage: { TotalCodeSize: 95 },
  });
  expect((await doctor(stack)).output).toMatch(
    /^warning {2}code storage: 95 % of the account's quota is used$/m,
  );
});

describe('the deployment', () => {
  const template = readFileSync(join(root, 'template.yaml'), 'utf8');

  it('has the version of package.json in the template', () => {
    expect(template).toMatch(new RegExp(`\n  Version:\n.*\n    Value: "${manifest.version}"\n`));
  });

  it('of another version is reported', async () => {
    const stack = healthyStack({}, { Version: '0.0.9' });
    expect((await doctor(stack)).output).toMatch(
      /^warning {2}version: deployed is 0\.0\.9, in this folder is \d/m,
    );
  });

  it("is compared with the environment's file", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
    const stack = healthyStack({ MaxAttempts: '9', MaxRedrives: '3' });
    stack.cloudFormation.on(GetTemplateSummaryCommand).resolves({});
    const [, , , region, account] = ARN.split(':');
    writeFileSync(
      join(folder, 'production.yaml'),
      `Account: "${account}"\nRegion: ${region}\nStackName: stack\nParameters:\n  MaxAttempts: 5\n`,
    );
    const { output } = await doctor(stack, '--folder', folder);
    expect(output).toMatch(
      /^warning {2}parameters: differ from \S+production\.yaml: .*MaxAttempts is "9", and "5" in the file.*\n.*npm run deploy -- --env production --dry-run$/m,
    );
    expect(output).not.toContain('MaxRedrives is');
    rmSync(folder, { recursive: true });
  });
});

describe('--drift', () => {
  it('lists what was changed outside CloudFormation, and is never started without it', async () => {
    const stack = healthyStack();
    await doctor(stack);
    expect(stack.cloudFormation.commandCalls(DetectStackDriftCommand)).toHaveLength(0);
    stack.cloudFormation.on(GetTemplateSummaryCommand).resolves({});
    stack.cloudFormation.on(DetectStackDriftCommand).resolves({ StackDriftDetectionId: '1' });
    stack.cloudFormation
      .on(DescribeStackDriftDetectionStatusCommand)
      .resolves({ DetectionStatus: 'DETECTION_COMPLETE' });
    stack.cloudFormation.on(DescribeStackResourceDriftsCommand).resolves({
      StackResourceDrifts: [
        {
          StackId: '1',
          Timestamp: new Date(),
          ResourceType: 'AWS::SQS::Queue',
          LogicalResourceId: 'RuleDlq',
          StackResourceDriftStatus: 'MODIFIED',
          PropertyDifferences: [
            {
              PropertyPath: '/RedrivePolicy',
              ExpectedValue: '',
              ActualValue: '',
              DifferenceType: 'ADD',
            },
          ],
        },
      ],
    });
    const { exitCode, output } = await doctor(stack, '--drift');
    expect(output).toMatch(/^failed {3}drift of RuleDlq: modified: \/RedrivePolicy$/m);
    expect(exitCode).toBe(1);
  });
});
