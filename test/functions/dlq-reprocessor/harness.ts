import { randomUUID } from 'node:crypto';
import { PublishError } from '../../../functions/common/errors.ts';
import type { PutEventsEntry } from '../../../functions/common/events/event-bus.ts';
import type { Publish } from '../../../functions/common/events/publish.ts';
import { toMessageAttributes } from '../../../functions/common/message-attributes.ts';
import type {
  DeadLetterMessage,
  QueueName,
} from '../../../functions/dlq-reprocessor/dead-letter/message.ts';
import { create } from '../../../functions/dlq-reprocessor/wiring.ts';
import { memoryBus, memoryLog } from '../harness.ts';
import { call, type Faults, noFaults } from './faults.ts';
import { memoryEventBridge, memoryPoller, memoryS3, memoryTable } from './memory-aws.ts';
import { MemoryQueue, memorySqs } from './memory-sqs.ts';

export const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:api-call';
export const DESTINATION_ARN = 'arn:aws:events:us-east-1:000000000000:api-destination/d';

export const API_CALL_RULE_ARN = 'arn:aws:events:us-east-1:000000000000:rule/bus/stack-apicall';

export const config = {
  queueUrls: { apicall: 'apicall', rule: 'rule', spill: 'spill' },
  apiCallQueueUrl: 'requests',
  apiCallQueueArn: QUEUE_ARN,
  apiCallRuleArns: new Set([API_CALL_RULE_ARN]),
  pollerId: 'poller',
  redriveBusName: 'redrive',
  parkBucketName: 'b',
  maxRedrives: 3,
  backoffSeconds: 60,
  ratePerSecond: 500,
  tableName: 't',
  retentionDays: 30,
  retentionSeconds: 1_209_600,
  retentionMarginSeconds: 86_400,
};

/** The environment variables of a function with this configuration. */
export const environment = {
  API_CALL_DLQ_URL: config.queueUrls.apicall,
  RULE_DLQ_URL: config.queueUrls.rule,
  SPILL_QUEUE_URL: config.queueUrls.spill,
  API_CALL_QUEUE_URL: config.apiCallQueueUrl,
  API_CALL_QUEUE_ARN: config.apiCallQueueArn,
  API_CALL_RULE_ARNS: API_CALL_RULE_ARN,
  API_CALL_POLLER_ID: config.pollerId,
  REDRIVE_BUS_NAME: config.redriveBusName,
  PARK_BUCKET_NAME: config.parkBucketName,
  IDEMPOTENCY_TABLE_NAME: config.tableName,
};

export const messageOf = (
  body: string,
  attributes: Record<string, string> = {},
  { attributes: others, ...change }: Partial<DeadLetterMessage> = {},
): DeadLetterMessage => ({
  messageId: randomUUID(),
  receiptHandle: '',
  body,
  attributes: { ...toMessageAttributes(attributes), ...others },
  sentAt: new Date(),
  ...change,
});

/** The count and the origin of a message's redrives, from its attributes. */
export const redriveOf = (attributes: Readonly<Record<string, string>> = {}) =>
  JSON.parse(attributes['Redrive'] ?? '{}');

export interface SceneOptions {
  readonly messages?: Partial<Record<QueueName, readonly DeadLetterMessage[]>>;
  /** Enabled rules on the redrive bus. */
  readonly redriveRules?: readonly string[];
  readonly faults?: Faults;
  readonly remainingMs?: () => number;
  readonly ratePerSecond?: number;
}

/** The services in memory, on a clock. */
function memoryServices(options: SceneOptions, clock: () => number) {
  const { messages = {}, redriveRules = [], faults = noFaults } = options;
  const queues = {
    apicall: new MemoryQueue(messages.apicall ?? [], clock),
    rule: new MemoryQueue(messages.rule ?? [], clock),
    spill: new MemoryQueue(messages.spill ?? [], clock),
  };
  const sqs = memorySqs(queues, faults);
  const put: PutEventsEntry[] = [];
  const stored = new Map<string, string>();
  const announced = memoryBus();
  const table = memoryTable();
  const lambda = memoryPoller();
  const publish: Publish = async (entries, remaining) => {
    try {
      return await call(faults, 'publish', () => announced.publish(entries, remaining));
    } catch {
      const error = new PublishError('neither bus nor spill queue');
      return entries.map(() => ({ outcome: 'failed', error }));
    }
  };
  const clients = {
    sqs: sqs.client,
    eventBridge: memoryEventBridge(redriveRules, put, faults),
    s3: memoryS3(stored, faults),
    dynamoDb: table.client,
    lambda: lambda.client,
    publish,
  };
  return { announced: announced.entries, clients, lambda, put, queues, sqs, stored, table };
}

/** The function, wired as it is deployed, over services in memory. */
export function createScene(options: SceneOptions = {}) {
  const { remainingMs = () => 100_000, ratePerSecond = 500 } = options;
  let time = Date.now();
  const now = () => new Date(time);
  const { sqs, ...services } = memoryServices(options, () => time);
  const log = memoryLog();
  const runtime = { log, now, sleep: async () => undefined };
  const start = () => create({ ...config, ratePerSecond }, services.clients, runtime);
  let reprocess = start();

  return {
    ...services,
    sqsCalls: () => sqs.calls,
    sent: sqs.sent,
    log,
    /** One invocation. */
    invoke: (event: unknown = {}) => reprocess(event, remainingMs),
    now,
    /** A new process: it remembers nothing. */
    restart: (): void => {
      reprocess = start();
    },
    pass: (ms: number): void => {
      time += ms;
    },
  };
}
