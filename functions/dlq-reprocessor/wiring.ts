import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { RemainingMs } from '#common/aws.ts';
import { awsClientConfig } from '#common/aws.ts';
import { integer, readConfig, text } from '#common/config.ts';
import { createEventBus } from '#common/events/event-bus.ts';
import { publishFromEnvironment } from '#common/events/publish.ts';
import { logger } from '#common/logger.ts';
import { countMetric } from '#common/metrics.ts';
import type { Command } from './command.ts';
import { createPlan } from './evaluate.ts';
import type { QueueName } from './names.ts';
import { createRead } from './park/evaluate-parked.ts';
import { createCensus } from './park/list.ts';
import { createPark, parkBucket } from './park/park.ts';
import { onceRecords } from './park/resolve-unknown.ts';
import { createRelease, createUnpark } from './park/unpark.ts';
import { createCarryOut, createHandOver, createPace, rememberHandedOver } from './queue/apply.ts';
import { createDrain } from './queue/drain.ts';
import { type DeadLetterQueue, deadLetterQueue } from './queue/queue.ts';
import { createSend, sendToQueue } from './queue/send.ts';
import { createRoute, findTwins } from './redrive/route.ts';

const HOUR_SECONDS = 3600;

const config = readConfig({
  apicall: text('API_CALL_DLQ_URL'),
  rule: text('RULE_DLQ_URL'),
  spill: text('SPILL_QUEUE_URL'),
  apiCallQueueUrl: text('API_CALL_QUEUE_URL'),
  apiCallQueueArn: text('API_CALL_QUEUE_ARN'),
  redriveBusName: text('REDRIVE_BUS_NAME'),
  parkBucketName: text('PARK_BUCKET_NAME'),
  maxRedrives: integer('MAX_REDRIVES', { fallback: 3, min: 1, max: 10 }),
  backoffSeconds: integer('REDRIVE_BACKOFF_SECONDS', { fallback: 60, min: 1, max: 3600 }),
  ratePerSecond: integer('REDRIVE_RATE_PER_SECOND', { fallback: 100, min: 1, max: 500 }),
  tableName: text('IDEMPOTENCY_TABLE_NAME'),
  retentionDays: integer('IDEMPOTENCY_RETENTION_DAYS', { fallback: 30, min: 29, max: 365 }),
  marginHours: integer('RETENTION_MARGIN_HOURS', { fallback: 24, min: 1, max: 168 }),
});

const policy = {
  ...config,
  // The queues keep messages for 14 days (template.yaml).
  retentionSeconds: 1_209_600,
  retentionMarginSeconds: config.marginHours * HOUR_SECONDS,
};

const now = (): Date => new Date();
const sqs = new SQSClient(awsClientConfig);
const events = new EventBridgeClient(awsClientConfig);
const putEntries = createEventBus({ client: events });
const bucket = parkBucket(config.parkBucketName, new S3Client(awsClientConfig));
const sendToApiCallQueue = sendToQueue(config.apiCallQueueUrl, sqs);
const park = createPark({ ...bucket, publish: publishFromEnvironment(), now });
const handedOver = rememberHandedOver();
const records = onceRecords({ ...config, client: new DynamoDBClient(awsClientConfig), now });

export const queues: Readonly<Record<QueueName, DeadLetterQueue>> = {
  apicall: deadLetterQueue(config.apicall, sqs),
  rule: deadLetterQueue(config.rule, sqs),
  spill: deadLetterQueue(config.spill, sqs),
};

/** Everything that one invocation works with, within the time that it has left. */
export function toolsFor(command: Command, remainingMs: RemainingMs) {
  const ratePerSecond = command.ratePerSecond ?? config.ratePerSecond;
  // Twins are looked up anew: a rule may have been given one since.
  const hasTwin = findTwins(events, config.redriveBusName);
  const findRoute = createRoute({ ...config, hasTwin, now });
  const send = createSend({ sendToApiCallQueue, putEntries, remainingMs });
  const handOver = createHandOver({ send, park, remainingMs });
  const pace = createPace(ratePerSecond);
  const shared = { log: logger, count: countMetric, remainingMs, now, ratePerSecond };
  const carryOut = createCarryOut({ ...shared, handOver, handedOver, pace });
  const release = createRelease({ ...shared, send, bucket, records, pace });
  return {
    drain: createDrain({ ...shared, ...carryOut, plan: createPlan(findRoute), policy }),
    unpark: createUnpark({
      ...shared,
      ...release,
      bucket,
      read: createRead({ bucket, findRoute, now }),
    }),
    census: createCensus(bucket),
  };
}
