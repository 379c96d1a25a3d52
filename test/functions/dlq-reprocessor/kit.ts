import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { BatchItemError } from '../../../functions/common/aws.ts';
import { PublishError } from '../../../functions/common/errors.ts';
import type { PutEntries, PutEventsEntry } from '../../../functions/common/events/event-bus.ts';
import type { Publish } from '../../../functions/common/events/publish.ts';
import { parseCommand } from '../../../functions/dlq-reprocessor/command.ts';
import type { DeadLetter } from '../../../functions/dlq-reprocessor/dead-letter/dead-letter.ts';
import { createPlan } from '../../../functions/dlq-reprocessor/evaluate.ts';
import type { QueueName } from '../../../functions/dlq-reprocessor/names.ts';
import { createRead } from '../../../functions/dlq-reprocessor/park/evaluate-parked.ts';
import { createCensus } from '../../../functions/dlq-reprocessor/park/list.ts';
import type { ParkBucket } from '../../../functions/dlq-reprocessor/park/park.ts';
import { createPark } from '../../../functions/dlq-reprocessor/park/park.ts';
import { onceRecords } from '../../../functions/dlq-reprocessor/park/resolve-unknown.ts';
import { createRelease, createUnpark } from '../../../functions/dlq-reprocessor/park/unpark.ts';
import {
  createCarryOut,
  createHandOver,
  rememberHandedOver,
} from '../../../functions/dlq-reprocessor/queue/apply.ts';
import { sendInBatches } from '../../../functions/dlq-reprocessor/queue/batch.ts';
import { createDrain } from '../../../functions/dlq-reprocessor/queue/drain.ts';
import type { OutMessage } from '../../../functions/dlq-reprocessor/queue/message.ts';
import type { DeadLetterQueue } from '../../../functions/dlq-reprocessor/queue/queue.ts';
import { createSend } from '../../../functions/dlq-reprocessor/queue/send.ts';
import { createRoute } from '../../../functions/dlq-reprocessor/redrive/route.ts';
import { createRun } from '../../../functions/dlq-reprocessor/run.ts';
import { memoryBus, memoryLog, memoryMetrics } from '../harness.ts';

export const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:api-call';
export const DESTINATION_ARN = 'arn:aws:events:us-east-1:000000000000:api-destination/d';

export const policy = {
  maxRedrives: 3,
  backoffSeconds: 60,
  retentionSeconds: 1_209_600,
  retentionMarginSeconds: 86_400,
};

export const letterOf = (
  body: string,
  attributes: Record<string, string> = {},
  change: Partial<DeadLetter> = {},
): DeadLetter => ({
  messageId: randomUUID(),
  receiptHandle: '',
  body,
  attributes,
  typed: {},
  sentAt: new Date(),
  ...change,
});

/** What a call of a faked service comes to; `after` - it takes effect and then fails. */
export type Luck = 'well' | 'before' | 'after';

/** Asked before each call; operations are named `receive`, `remove`, `hide`, `send`, `put`, `store`, `publish`,
 * `twin`, `read`, `delete`. */
export type Fate = (operation: string) => Luck;

const well: Fate = () => 'well';

class ServiceError extends Error {
  override readonly name = 'ServiceUnavailable';
}

/** Carries out `effect` as fate has it. */
function call<Result>(fate: Fate, operation: string, effect: () => Result): Result {
  const luck = fate(operation);
  if (luck === 'before') throw new ServiceError();
  const result = effect();
  if (luck === 'after') throw new ServiceError();
  return result;
}

interface Held {
  letter: DeadLetter;
  visibleAt: number;
  handle: string;
}

/** A standard queue in memory, on a clock of its own. */
export function memoryQueue(letters: readonly DeadLetter[], clock: () => number, fate = well) {
  const held: Held[] = letters.map((letter) => ({ letter, visibleAt: 0, handle: '' }));
  const find = (handle: string) => held.find((one) => one.handle === handle);
  const onAll = async <Item>(
    items: readonly Item[],
    operation: string,
    effect: (item: Item) => void,
  ) =>
    sendInBatches(
      items,
      () => 0,
      { items: 10, bytes: 1 },
      async (batch) =>
        call(fate, operation, () => {
          queue.calls += 1;
          batch.forEach(effect);
          return batch.map(() => undefined);
        }),
    );
  const api: DeadLetterQueue = {
    receive: async (max, seconds) =>
      call(fate, 'receive', () => {
        queue.calls += 1;
        const ready = held
          .filter(({ visibleAt }) => visibleAt <= clock())
          .slice(0, Math.min(10, max));
        return ready.map((one) => {
          one.visibleAt = clock() + seconds * 1000;
          one.handle = randomUUID();
          return { ...one.letter, receiptHandle: one.handle };
        });
      }),
    remove: (done) =>
      onAll(done, 'remove', ({ receiptHandle }) => {
        const index = held.findIndex(({ handle }) => handle === receiptHandle);
        if (index >= 0) held.splice(index, 1);
      }),
    hide: (hidden) =>
      onAll(hidden, 'hide', ({ letter, seconds }) => {
        const one = find(letter.receiptHandle);
        if (one) one.visibleAt = clock() + seconds * 1000;
      }),
    left: async () => {
      queue.calls += 1;
      const visible = held.filter(({ visibleAt }) => visibleAt <= clock()).length;
      return { visible, hidden: held.length - visible, delayed: 0 };
    },
  };
  const queue = {
    api,
    calls: 0,
    ids: () => held.map(({ letter }) => letter.messageId),
    held,
    add: (letter: DeadLetter) => void held.push({ letter, visibleAt: 0, handle: '' }),
  };
  return queue;
}

/** A bucket in memory, its keys in order. */
function memoryBucket(stored: Map<string, string>, fate: Fate): ParkBucket {
  return {
    store: async (key, body) => call(fate, 'store', () => void stored.set(key, body)),
    read: async (key) => call(fate, 'read', () => stored.get(key) ?? ''),
    list: async (prefix, after = '', max) => {
      const keys = [...stored.keys()].sort();
      const found = keys.filter((key) => key.startsWith(prefix) && key > after);
      return { keys: found.slice(0, max), hasMore: found.length > max };
    },
    remove: async (key) => call(fate, 'delete', () => void stored.delete(key)),
  };
}

type Item = Record<string, AttributeValue>;

/** A table that holds the one condition under which a person settles a record. */
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
  mock.on(UpdateItemCommand).callsFake(({ Key, ExpressionAttributeValues: values }) => {
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

export interface SceneOptions {
  readonly letters?: Partial<Record<QueueName, readonly DeadLetter[]>>;
  readonly twins?: readonly string[];
  readonly fate?: Fate;
  readonly remainingMs?: () => number;
  readonly ratePerSecond?: number;
}

/** The function's parts put together over services in memory. */
export function createScene(options: SceneOptions = {}) {
  const { letters = {}, twins = [], fate = well } = options;
  const { remainingMs = () => 100_000, ratePerSecond = 500 } = options;
  let time = Date.now();
  const clock = () => time;
  const now = () => new Date(time);
  const queues = {
    apicall: memoryQueue(letters.apicall ?? [], clock, fate),
    rule: memoryQueue(letters.rule ?? [], clock, fate),
    spill: memoryQueue(letters.spill ?? [], clock, fate),
  };
  const sent: OutMessage[] = [];
  const put: PutEventsEntry[] = [];
  const stored = new Map<string, string>();
  const announced = memoryBus();
  const log = memoryLog();
  const metrics = memoryMetrics();
  let sends = 0;

  const send = (messages: readonly OutMessage[]): Promise<(BatchItemError | undefined)[]> =>
    sendInBatches(
      messages,
      ({ body }) => body.length,
      { items: 10, bytes: 1_048_576 },
      async (batch) =>
        call(fate, 'send', () => {
          sends += 1;
          sent.push(...batch);
          return batch.map(() => undefined);
        }),
    );
  const putEntries: PutEntries = async (entries) => {
    try {
      return call(fate, 'put', () => {
        put.push(...entries);
        return entries.map(() => undefined);
      });
    } catch {
      return entries.map(() => ({ errorCode: 'InternalFailure' }));
    }
  };
  const hasTwin = async (name: string) => call(fate, 'twin', () => twins.includes(name));
  const findRoute = createRoute({
    redriveBusName: 'redrive',
    apiCallQueueArn: QUEUE_ARN,
    hasTwin,
    now,
  });
  const bucket = memoryBucket(stored, fate);
  const publish: Publish = async (entries, remaining) => {
    try {
      return await call(fate, 'publish', () => announced.publish(entries, remaining));
    } catch {
      const error = new PublishError('neither bus nor spill queue');
      return entries.map(() => ({ outcome: 'failed', error }));
    }
  };
  const park = createPark({ ...bucket, publish, now });
  const table = memoryTable();
  const records = onceRecords({ client: table.client, tableName: 't', retentionDays: 30, now });
  let handedOver = rememberHandedOver();
  const sqsCalls = () => sends + queues.apicall.calls + queues.rule.calls + queues.spill.calls;

  /** One invocation. */
  const invoke = async (event: unknown = {}) => {
    const pace = async () => undefined;
    const count = metrics.count;
    const shared = { log, remainingMs, now, count, ratePerSecond, bucket };
    const sending = createSend({ sendToApiCallQueue: send, putEntries, remainingMs });
    const handOver = createHandOver({ send: sending, park, remainingMs });
    const carryOut = createCarryOut({ ...shared, handOver, handedOver, pace });
    const release = createRelease({ ...shared, send: sending, records, pace });
    const read = createRead({ ...shared, findRoute });
    return createRun({
      drain: createDrain({ ...shared, ...carryOut, plan: createPlan(findRoute), policy }),
      unpark: createUnpark({ ...shared, ...release, read }),
      census: createCensus(bucket),
      queues: {
        apicall: queues.apicall.api,
        rule: queues.rule.api,
        spill: queues.spill.api,
      },
      log,
    })(parseCommand(event));
  };

  return {
    queues,
    sqsCalls,
    sent,
    put,
    stored,
    table,
    announced: announced.entries,
    log,
    metrics,
    invoke,
    now,
    /** A new process: it remembers nothing. */
    restart: (): void => {
      handedOver = rememberHandedOver();
    },
    pass: (ms: number): void => {
      time += ms;
    },
  };
}
