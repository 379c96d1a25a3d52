import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { awsClientConfig } from '#common/aws-client.ts';
import { eventBus } from '#common/bus.ts';
import { integer, readConfig, text } from '#common/config.ts';
import { logger } from '#common/logger.ts';
import { countMetric } from '#common/metrics.ts';
import { publishFromEnvironment } from '#common/publish.ts';
import { createDrain } from './drain.ts';
import type { QueueName } from './names.ts';
import { createPark, parkBucket } from './park.ts';
import { type DeadLetterQueue, deadLetterQueue, sendToQueue } from './queue.ts';
import { createRedrive } from './redrive.ts';
import { findTwins } from './twin.ts';

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
});

/** The queues keep messages for 14 days (template.yaml); the last of them is for parking. */
const policy = { ...config, retentionSeconds: 1_209_600, retentionMarginSeconds: 86_400 };

const sqs = new SQSClient(awsClientConfig);
const events = new EventBridgeClient(awsClientConfig);
const putEntries = eventBus({ client: events });
const publish = publishFromEnvironment();
const store = parkBucket(config.parkBucketName, new S3Client(awsClientConfig));
const sendToApiCallQueue = sendToQueue(config.apiCallQueueUrl, sqs);
const hasTwin = findTwins(events, config.redriveBusName);

export const queues: Readonly<Record<QueueName, DeadLetterQueue>> = {
  apicall: deadLetterQueue(config.apicall, sqs),
  rule: deadLetterQueue(config.rule, sqs),
  spill: deadLetterQueue(config.spill, sqs),
};

/** Everything that works off a queue, within the time that this invocation has left. */
export function drainWithin(remainingMs: () => number) {
  const redrive = createRedrive({
    ...config,
    putEntries,
    sendToApiCallQueue,
    hasTwin,
    remainingMs,
  });
  const park = createPark({ store, publish, remainingMs });
  return createDrain({ redrive, park, policy, log: logger, count: countMetric, remainingMs });
}
