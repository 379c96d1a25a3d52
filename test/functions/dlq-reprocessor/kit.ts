import { randomUUID } from 'node:crypto';
import type { EventBus } from '../../../functions/common/bus.ts';
import type { PutEventsEntry } from '../../../functions/common/entry.ts';
import { parseCommand } from '../../../functions/dlq-reprocessor/command.ts';
import { createCarryOut } from '../../../functions/dlq-reprocessor/drain/carry-out.ts';
import { createDrain } from '../../../functions/dlq-reprocessor/drain/drain.ts';
import { createHandOver } from '../../../functions/dlq-reprocessor/drain/hand-over.ts';
import { rememberHandedOver } from '../../../functions/dlq-reprocessor/drain/handed-over.ts';
import { createPlan } from '../../../functions/dlq-reprocessor/drain/plan.ts';
import type { DeadLetter } from '../../../functions/dlq-reprocessor/envelope/letter.ts';
import type { QueueName } from '../../../functions/dlq-reprocessor/names.ts';
import { createPark } from '../../../functions/dlq-reprocessor/park/park.ts';
import type { OutMessage } from '../../../functions/dlq-reprocessor/queue/attributes.ts';
import { type Refusal, sendInBatches } from '../../../functions/dlq-reprocessor/queue/batch.ts';
import type { DeadLetterQueue } from '../../../functions/dlq-reprocessor/queue/dead-letter-queue.ts';
import { createRoute } from '../../../functions/dlq-reprocessor/redrive/route.ts';
import { createRun } from '../../../functions/dlq-reprocessor/run.ts';
import { memoryBus, memoryLog, memoryMetrics } from '../kit.ts';

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

/** Asked before each call; operations are named `receive`, `remove`, `hide`, `send`, `put`, `store`, `twin`. */
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

  const send = (messages: readonly OutMessage[]): Promise<(Refusal | undefined)[]> =>
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
  const putEntries: EventBus = async (entries) => {
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
  const park = createPark({
    store: async (key, body) => call(fate, 'store', () => void stored.set(key, body)),
    publish: announced.publish,
    now,
  });
  const handedOver = rememberHandedOver();
  const sqsCalls = () => sends + queues.apicall.calls + queues.rule.calls + queues.spill.calls;

  /** One invocation. */
  const invoke = async (event: unknown = {}) => {
    const shared = { log, remainingMs, now };
    const carryOut = createCarryOut({
      ...shared,
      handOver: createHandOver({ sendToApiCallQueue: send, putEntries, park, remainingMs }),
      handedOver,
      pace: async () => undefined,
    });
    const drain = createDrain({
      ...shared,
      ...carryOut,
      plan: createPlan(findRoute),
      policy,
      ratePerSecond,
      count: metrics.count,
    });
    const command = parseCommand(event);
    const apis = {
      apicall: queues.apicall.api,
      rule: queues.rule.api,
      spill: queues.spill.api,
    };
    return createRun({ drain, queues: apis, sqsCalls, log })(command);
  };

  return {
    queues,
    sent,
    put,
    stored,
    announced: announced.entries,
    log,
    metrics,
    invoke,
    now,
    pass: (ms: number): void => {
      time += ms;
    },
  };
}
