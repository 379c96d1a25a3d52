import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeRuleCommand,
  EventBridgeClient,
  PutEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-eventbridge';
import {
  GetEventSourceMappingCommand,
  LambdaClient,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { PublishError } from '../../../functions/common/errors.ts';
import type { PutEventsEntry } from '../../../functions/common/events/event-bus.ts';
import type { Publish } from '../../../functions/common/events/publish.ts';
import { toMessageAttributes } from '../../../functions/common/message-attributes.ts';
import { STATE_KEY } from '../../../functions/common/pause.ts';
import type {
  DeadLetterMessage,
  QueueName,
} from '../../../functions/dlq-reprocessor/dead-letter/message.ts';
import { create } from '../../../functions/dlq-reprocessor/wiring.ts';
import { memoryBus, memoryLog } from '../harness.ts';
import { updateState } from '../state-item.ts';
import { call, type Faults, noFaults } from './faults.ts';
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

/** An S3 client over a bucket in memory, its keys in order. */
function memoryS3(stored: Map<string, string>, faults: Faults): S3Client {
  const client = new S3Client({ region: 'us-east-1' });
  const mock = mockClient(client);
  mock
    .on(PutObjectCommand)
    .callsFake(({ Key, Body }) => call(faults, 'store', () => void stored.set(Key, Body)));
  mock.on(GetObjectCommand).callsFake(({ Key }) => {
    const text = call(faults, 'read', () => stored.get(Key) ?? '');
    return { Body: { transformToString: async () => text } };
  });
  mock.on(ListObjectsV2Command).callsFake(({ Prefix, StartAfter = '', MaxKeys }) => {
    const keys = [...stored.keys()].sort();
    const found = keys.filter((key) => key.startsWith(Prefix) && key > StartAfter);
    const Contents = found.slice(0, MaxKeys).map((Key) => ({ Key }));
    return { Contents, IsTruncated: found.length > MaxKeys };
  });
  mock
    .on(DeleteObjectCommand)
    .callsFake(({ Key }) => call(faults, 'delete', () => void stored.delete(Key)));
  return client;
}

/** An EventBridge client over the redrive bus in memory: its rules, and what is put on it. */
function memoryEventBridge(rules: readonly string[], put: PutEventsEntry[], faults: Faults) {
  const client = new EventBridgeClient({ region: 'us-east-1' });
  const mock = mockClient(client);
  mock.on(DescribeRuleCommand).callsFake(({ Name }) =>
    call(faults, 'rule', () => {
      if (rules.includes(Name)) return { State: 'ENABLED' };
      throw new ResourceNotFoundException({ $metadata: {}, message: 'no such rule' });
    }),
  );
  mock.on(PutEventsCommand).callsFake(({ Entries }) =>
    call(faults, 'put', () => {
      put.push(...Entries);
      return { Entries: Entries.map(() => ({ EventId: randomUUID() })) };
    }),
  );
  return client;
}

type Item = Record<string, AttributeValue>;

/** A table that checks the one condition under which an unknown outcome is resolved. */
function memoryTable() {
  const items = new Map<string, Item>();
  const client = new DynamoDBClient({ region: 'us-east-1' });
  const check = (id: string, values: Item): void => {
    const item = items.get(id);
    const isDead = Number(item?.['inProgressUntil']?.N) <= Number(values[':now']?.N);
    const isSame = item?.['payloadHash']?.S === values[':hash']?.S;
    if (item === undefined || (isSame && isDead && item['outcome'] === undefined)) return;
    const message = 'The conditional request failed';
    throw new ConditionalCheckFailedException({ $metadata: {}, message, Item: item });
  };
  const mock = mockClient(client);
  mock.on(GetItemCommand).callsFake(({ Key }) => {
    const item = items.get(Key.id.S);
    return item === undefined ? {} : { Item: item };
  });
  mock.on(UpdateItemCommand).callsFake((input) => {
    const { Key, ExpressionAttributeValues: values } = input;
    if (Key.id.S === STATE_KEY.id.S) {
      items.set(Key.id.S, updateState(items.get(Key.id.S), input));
      return {};
    }
    check(Key.id.S, values);
    const written = { outcome: values[':outcome'], payloadHash: values[':hash'] };
    items.set(Key.id.S, { ...items.get(Key.id.S), ...written });
    return {};
  });
  mock.on(DeleteItemCommand).callsFake(({ Key, ExpressionAttributeValues: values }) => {
    check(Key.id.S, values);
    items.delete(Key.id.S);
    return {};
  });
  return { client, items };
}

/** The event source mapping of ApiCallQueue. */
function memoryPoller() {
  const poller = { state: 'Enabled', updates: 0 };
  const client = new LambdaClient({ region: 'us-east-1' });
  const mock = mockClient(client);
  mock.on(GetEventSourceMappingCommand).callsFake(() => ({ State: poller.state }));
  mock.on(UpdateEventSourceMappingCommand).callsFake(({ Enabled }) => {
    poller.state = Enabled ? 'Enabled' : 'Disabled';
    poller.updates += 1;
    return {};
  });
  return { client, mock, poller };
}

export interface SceneOptions {
  readonly messages?: Partial<Record<QueueName, readonly DeadLetterMessage[]>>;
  /** Enabled rules on the redrive bus. */
  readonly redriveRules?: readonly string[];
  readonly faults?: Faults;
  readonly remainingMs?: () => number;
  readonly ratePerSecond?: number;
}

/** The function, wired as it is deployed, over services in memory. */
export function createScene(options: SceneOptions = {}) {
  const { messages = {}, redriveRules = [], faults = noFaults } = options;
  const { remainingMs = () => 100_000, ratePerSecond = 500 } = options;
  let time = Date.now();
  const clock = () => time;
  const now = () => new Date(time);
  const queues = {
    apicall: new MemoryQueue(messages.apicall ?? [], clock),
    rule: new MemoryQueue(messages.rule ?? [], clock),
    spill: new MemoryQueue(messages.spill ?? [], clock),
  };
  const sqs = memorySqs(queues, faults);
  const put: PutEventsEntry[] = [];
  const stored = new Map<string, string>();
  const announced = memoryBus();
  const log = memoryLog();
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
  const runtime = { log, now, sleep: async () => undefined };
  const start = () => create({ ...config, ratePerSecond }, clients, runtime);
  let reprocess = start();

  return {
    clients,
    queues,
    sqsCalls: () => sqs.calls,
    sent: sqs.sent,
    put,
    stored,
    table,
    lambda,
    announced: announced.entries,
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
