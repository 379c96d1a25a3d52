import type { SQSRecord } from 'aws-lambda';
import type { Publish } from '../../../functions/common/events/publish.ts';
import { CircuitBreaker } from '../../../functions/salesforce-apicall/circuit-breaker/circuit-breaker.ts';
import { RecordLimits } from '../../../functions/salesforce-apicall/coalesce/plan.ts';
import { Execution } from '../../../functions/salesforce-apicall/execute.ts';
import type { Guard } from '../../../functions/salesforce-apicall/idempotency/guard.ts';
import type { Mapping } from '../../../functions/salesforce-apicall/mapping/definition.ts';
import { createProcess, resultsOf } from '../../../functions/salesforce-apicall/process.ts';
import type { AllowLists } from '../../../functions/salesforce-apicall/request/allow-lists.ts';
import type { IncomingRequest } from '../../../functions/salesforce-apicall/request/parse.ts';
import type { EventIdFields } from '../../../functions/salesforce-apicall/resolve.ts';
import type {
  FinishedResult,
  RequestResult,
} from '../../../functions/salesforce-apicall/result.ts';
import type { CallSalesforce } from '../../../functions/salesforce-apicall/salesforce/client.ts';
import { create } from '../../../functions/salesforce-apicall/wiring.ts';
import { memoryBus, memoryLog } from '../harness.ts';
import { memoryDynamo } from './dynamodb-harness.ts';
import { DLQ_URL, memorySqs } from './sqs-harness.ts';

const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:api-call';

interface Message {
  readonly messageId?: string;
  readonly receiveCount?: number;
  readonly sentAt?: number;
  readonly messageAttributes?: SQSRecord['messageAttributes'];
}

/** A message as the event source mapping hands it over. */
export function sqsRecord(
  body: unknown,
  {
    messageId = 'message-1',
    receiveCount = 1,
    sentAt = 1_000,
    messageAttributes = {},
  }: Message = {},
): SQSRecord {
  return {
    messageId,
    receiptHandle: `receipt-${messageId}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: String(sentAt),
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: String(sentAt),
    },
    messageAttributes,
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: QUEUE_ARN,
    awsRegion: 'us-east-1',
  };
}

interface ProcessOptions {
  readonly callSalesforce: CallSalesforce;
  readonly guard?: Guard;
  readonly allowed?: AllowLists;
  readonly eventIdFields?: EventIdFields;
  readonly recordLimits?: RecordLimits;
  readonly callTimeoutMs?: number;
}

const everything = { resources: undefined, objects: undefined, actions: undefined };

/** A circuit breaker that was never opened, and no pause. */
const closedBreaker = {
  read: async () => ({}),
  write: async () => undefined,
  claimProbe: async () => true,
};

/** The processing of requests alone, with a guard that permits everything unless another is given. */
export const processAround = ({
  callSalesforce,
  guard = async () => ({ kind: 'permitted', close: async () => undefined }),
  allowed = everything,
  eventIdFields = new Map(),
  recordLimits = new RecordLimits(200),
  callTimeoutMs = 1_000,
}: ProcessOptions) => {
  const onResponse = (): void => undefined;
  const callSizes = new WeakMap();
  const limits = { recordLimits, callSizes, callTimeoutMs };
  const options = { callSalesforce, ...limits, apiVersion: 'v68.0', onResponse };
  const processRequests = createProcess({
    startExecution: async (remainingMs) => {
      const dependencies = { state: closedBreaker, log: memoryLog(), now: Date.now };
      return new Execution(options, remainingMs, await CircuitBreaker.read(dependencies));
    },
    guard,
    rules: { allowed, eventIdFields },
    deferSeconds: () => undefined,
  });
  return (requests: readonly IncomingRequest[], remainingMs: () => number) =>
    resultsOf(processRequests, requests, remainingMs);
};

export const isResult = (
  result: RequestResult | undefined,
): result is Extract<RequestResult, FinishedResult> => result !== undefined && 'outcome' in result;

type Config = Parameters<typeof create>[0];

const testConfig: Config = {
  apiVersion: 'v68.0',
  allowedResources: undefined,
  allowedObjects: undefined,
  allowedActions: undefined,
  replyPolicy: 'always',
  replySource: 'salesforcetarget',
  queueUrl: 'https://queue',
  dlqUrl: DLQ_URL,
  functionTimeoutSeconds: 5,
  eventIdFields: new Map(),
  apiUsageThreshold: 80,
  maxRecordsPerCall: 200,
  maxAttempts: 3,
  tableName: 'idempotency',
  retentionDays: 30,
  payloadBucketName: 'payloads',
  claimRetentionDays: 30,
  mappings: ['*'],
  mappedSources: [],
  mappedDetailTypes: [],
};

interface FunctionOptions {
  readonly callSalesforce: CallSalesforce;
  readonly config?: Partial<Config>;
  readonly isDlqAvailable?: boolean;
  /** A table that other processes have written to. */
  readonly dynamo?: ReturnType<typeof memoryDynamo>;
  /** In place of the bus in memory, which it may use. */
  readonly publish?: (bus: Publish) => Publish;
  readonly mappings?: readonly Mapping[];
  /** The payloads of claim checks, by their keys. */
  readonly payloads?: ReadonlyMap<string, string>;
}

const noSuchKey = (): never => {
  throw Object.assign(new Error('The specified key does not exist.'), { name: 'NoSuchKey' });
};

/** The function as its handler wires it, between AWS in memory and a Salesforce. */
export function createHarness(options: FunctionOptions) {
  const { callSalesforce, config = {}, isDlqAvailable = true, dynamo = memoryDynamo() } = options;
  const { payloads, mappings = [] } = options;
  const clock = { now: Date.now() };
  const sqs = memorySqs(isDlqAvailable);
  const bus = memoryBus();
  const log = memoryLog();
  const { handleBatch, invoke } = create(
    { ...testConfig, ...config },
    {
      sqs: sqs.client,
      dynamoDb: dynamo.client,
      callSalesforce,
      publish: options.publish?.(bus.publish) ?? bus.publish,
      readObject: async (key) => Buffer.from(payloads?.get(key) ?? noSuchKey()),
      mappings,
      log,
      now: () => clock.now,
    },
  );
  /** Handles a batch; answers the ids of the messages that stay in the queue. */
  const run = async (records: readonly SQSRecord[], remainingMs = () => 50_000) => {
    const { batchItemFailures } = await handleBatch(records, remainingMs);
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  };
  const send = (parse: () => unknown, wrap?: Parameters<typeof invoke>[1]['wrap']) =>
    invoke(parse, {
      requestId: 'invocation-1',
      remainingMs: () => 50_000,
      ...(wrap && { wrap }),
    });
  const replies = () => bus.entries.map(({ detail }) => JSON.parse(detail));
  const { deadLetters, delays, deleted, requeued } = sqs;
  return {
    clock,
    counted: log.counted,
    deadLetters,
    delays,
    deleted,
    entries: bus.entries,
    items: dynamo.items,
    log,
    replies,
    requeued,
    run,
    send,
  };
}
