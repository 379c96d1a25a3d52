import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { awsClientConfig, type RemainingMs } from '#common/aws.ts';
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
