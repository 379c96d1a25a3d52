import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { RemainingMs } from '#common/aws.ts';
import type { Publish } from '#common/events/publish.ts';
import type { Log } from '#common/logger.ts';
import type { CountMetric } from '#common/metrics.ts';
import type { Command } from './command.ts';
import type { QueueName } from './names.ts';
import type { RedrivePolicy } from './policy.ts';

/** The function's configuration. */
export interface ReprocessorConfig extends RedrivePolicy {
  readonly queueUrls: Readonly<Record<QueueName, string>>;
  readonly apiCallQueueUrl: string;
  readonly apiCallQueueArn: string;
  readonly redriveBusName: string;
  readonly parkBucketName: string;
  /** Messages moved in a second by default. */
  readonly ratePerSecond: number;
  /** The idempotency table of apicall. */
  readonly tableName: string;
  readonly retentionDays: number;
}

export interface Clients {
  readonly sqs: SQSClient;
  readonly eventBridge: EventBridgeClient;
  readonly s3: S3Client;
  readonly dynamoDb: DynamoDBClient;
  /** Publishes announcements of parked messages. */
  readonly publish: Publish;
}

/** Where the time and the output go to: tests replace them. */
export interface Runtime {
  readonly log: Log;
  readonly count: CountMetric;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** Waits until `count` more messages may be moved. */
export type Pace = (count: number) => Promise<void>;

/** Everything that the stages of one invocation work with. */
export interface Invocation extends Runtime {
  readonly command: Command;
  readonly config: ReprocessorConfig;
  readonly clients: Clients;
  readonly remainingMs: RemainingMs;
  /** Messages moved in a second. */
  readonly ratePerSecond: number;
  readonly pace: Pace;
  /** Whether a redrive rule exists and is enabled, by its name: looked up again in every invocation. */
  readonly redriveRules: Map<string, Promise<boolean>>;
  /** Ids of messages from queues that this process has dispatched: one whose deletion failed is only deleted. */
  readonly dispatchedIds: Set<string>;
}

/**
 * Spaces moves evenly. Nothing is saved up: after a pause there is no burst.
 *
 * @param perSecond messages, of all queues together.
 */
export function createPace(perSecond: number, now: () => number, wait: Runtime['sleep']): Pace {
  let free = 0;
  return async (count) => {
    const at = Math.max(now(), free);
    free = at + (count * 1000) / perSecond;
    if (at > now()) await wait(at - now());
  };
}
