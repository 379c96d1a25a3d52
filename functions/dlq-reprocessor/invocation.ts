import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { RemainingMs } from '#common/aws.ts';
import type { Publish } from '#common/events/publish.ts';
import type { Log } from '#common/logger.ts';
import type { Command } from './command.ts';
import type { QueueName } from './dead-letter/message.ts';
import type { RedrivePolicy } from './policy.ts';

/**
 * All time limits of an invocation, in milliseconds. Together they leave time to delete a message that has been sent,
 * before SQS shows it to another process and before Lambda ends this one (template.yaml: after 120 s).
 */
export const timeLimits = {
  /** How long a received message stays hidden. */
  hideMs: 120_000,
  /** The same in a dry run. Its messages reappear by themselves; until then, the next invocation receives others. */
  dryRunHideMs: 60_000,
  /** A page received longer ago than this is not moved. The rest of `hideMs` is for sending and deleting. */
  maxPageAgeMs: 60_000,
  /** With less time left than this, no page is received from a queue. */
  queuePageMs: 20_000,
  /** With less time left than this, no page is read from the park bucket: up to 50 objects, each with a request. */
  bucketPageMs: 30_000,
  /** With less time left than this, a page is not moved: sending and deleting need it. */
  moveMs: 10_000,
  /** Storing a parked message leaves this much, for its announcement and for deleting it. */
  afterStoreMs: 8_000,
  /** Sending to ApiCallQueue leaves this much for deleting. */
  afterSendMs: 5_000,
  /** PutEvents leaves this much for deleting. */
  afterPutEventsMs: 3_000,
} as const;

/** The function's configuration. */
export interface ReprocessorConfig extends RedrivePolicy {
  readonly queueUrls: Readonly<Record<QueueName, string>>;
  readonly apiCallQueueUrl: string;
  readonly apiCallQueueArn: string;
  /** The rules that send their events to ApiCallQueue unchanged. */
  readonly apiCallRuleArns: ReadonlySet<string>;
  /** The event source mapping of ApiCallQueue. */
  readonly pollerId: string;
  readonly redriveBusName: string;
  readonly parkBucketName: string;
  /** Messages moved per second, unless a command sets another rate. */
  readonly ratePerSecond: number;
  /** apicall's idempotency table. */
  readonly tableName: string;
  readonly retentionDays: number;
}

export interface Clients {
  readonly sqs: SQSClient;
  readonly eventBridge: EventBridgeClient;
  readonly s3: S3Client;
  readonly dynamoDb: DynamoDBClient;
  readonly lambda: LambdaClient;
  /** Publishes announcements of parked messages. */
  readonly publish: Publish;
}

/** Clock and log; tests replace them. */
export interface Runtime {
  readonly log: Log;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** Waits until the rate allows `count` more messages to be moved. */
export type RateLimiter = (count: number) => Promise<void>;

/** Everything that the stages of one invocation share. */
export interface Invocation extends Runtime {
  readonly command: Command;
  readonly config: ReprocessorConfig;
  readonly clients: Clients;
  readonly remainingMs: RemainingMs;
  /** Messages moved per second. */
  readonly ratePerSecond: number;
  readonly limitRate: RateLimiter;
  /** Whether a redrive rule exists and is enabled, by its name: looked up once per invocation. */
  readonly redriveRules: Map<string, Promise<boolean>>;
  /**
   * Ids of the messages that this process has moved (redriven or parked). If SQS returns one again, because its deletion
   * failed, it is only deleted.
   */
  readonly movedIds: Set<string>;
  /** The end of the pause of apicall, in a scheduled run: until then, nothing is redriven to ApiCallQueue. */
  readonly pausedUntil?: Date | undefined;
}

/**
 * Spaces messages evenly. Unused time is not saved up: no burst follows a pause.
 *
 * @param perSecond messages per second, across all queues.
 */
export function createRateLimiter(
  perSecond: number,
  now: () => number,
  wait: Runtime['sleep'],
): RateLimiter {
  let freeAt = 0;
  return async (count) => {
    const at = Math.max(now(), freeAt);
    freeAt = at + (count * 1000) / perSecond;
    if (at > now()) await wait(at - now());
  };
}
