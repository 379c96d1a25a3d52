import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { awsClientConfig, type RemainingMs } from '#common/aws.ts';
import { integer, readConfig, text } from '#common/config.ts';
import { publishFromEnvironment } from '#common/events/publish.ts';
import { log } from '#common/logger.ts';
import { parseCommand } from './command.ts';
import {
  type Clients,
  createRateLimiter,
  type ReprocessorConfig,
  type Runtime,
} from './invocation.ts';
import type { Report } from './report.ts';
import { executeCommand } from './run.ts';

const HOUR_SECONDS = 3600;

/** @throws ConfigurationError naming each environment variable that is missing or malformed. */
export function configFromEnvironment(): ReprocessorConfig {
  const { apicall, rule, spill, marginHours, ruleArns, ...config } = readConfig({
    apicall: text('API_CALL_DLQ_URL'),
    rule: text('RULE_DLQ_URL'),
    spill: text('SPILL_QUEUE_URL'),
    apiCallQueueUrl: text('API_CALL_QUEUE_URL'),
    apiCallQueueArn: text('API_CALL_QUEUE_ARN'),
    ruleArns: text('API_CALL_RULE_ARNS'),
    pollerId: text('API_CALL_POLLER_ID'),
    redriveBusName: text('REDRIVE_BUS_NAME'),
    parkBucketName: text('PARK_BUCKET_NAME'),
    maxRedrives: integer('MAX_REDRIVES', { fallback: 3, min: 1, max: 10 }),
    backoffSeconds: integer('REDRIVE_BACKOFF_SECONDS', { fallback: 60, min: 1, max: 3600 }),
    ratePerSecond: integer('REDRIVE_RATE_PER_SECOND', { fallback: 100, min: 1, max: 500 }),
    tableName: text('IDEMPOTENCY_TABLE_NAME'),
    retentionDays: integer('IDEMPOTENCY_RETENTION_DAYS', { fallback: 30, min: 29, max: 365 }),
    marginHours: integer('RETENTION_MARGIN_HOURS', { fallback: 24, min: 1, max: 168 }),
  });
  return {
    ...config,
    apiCallRuleArns: new Set(ruleArns.split(',')),
    queueUrls: { apicall, rule, spill },
    // The queues keep messages for 14 days (template.yaml).
    retentionSeconds: 1_209_600,
    retentionMarginSeconds: marginHours * HOUR_SECONDS,
  };
}

export const awsClients = (): Clients => ({
  sqs: new SQSClient(awsClientConfig),
  eventBridge: new EventBridgeClient(awsClientConfig),
  s3: new S3Client(awsClientConfig),
  dynamoDb: new DynamoDBClient(awsClientConfig),
  lambda: new LambdaClient(awsClientConfig),
  publish: publishFromEnvironment(),
});

const lambdaRuntime: Runtime = { log, now: () => new Date(), sleep };

/**
 * Builds the function from its parts.
 *
 * @returns a function that executes the command in an event. It rejects with CommandError if the event is not a command,
 *   and with AWS's error if a queue or the bucket cannot be read.
 */
export function create(
  config: ReprocessorConfig,
  clients: Clients,
  runtime: Runtime = lambdaRuntime,
): (event: unknown, remainingMs: RemainingMs) => Promise<Report> {
  // Outlives the invocation: the next one in this process deletes what this one could not.
  const movedIds = new Set<string>();
  return async (event, remainingMs) => {
    const command = parseCommand(event);
    const ratePerSecond = command.ratePerSecond ?? config.ratePerSecond;
    const invocation = {
      ...runtime,
      command,
      config,
      clients,
      remainingMs,
      ratePerSecond,
      limitRate: createRateLimiter(ratePerSecond, Date.now, runtime.sleep),
      redriveRules: new Map<string, Promise<boolean>>(),
      movedIds,
    };
    return executeCommand(invocation);
  };
}
