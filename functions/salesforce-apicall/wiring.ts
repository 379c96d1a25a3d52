import { randomUUID } from 'node:crypto';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { integer, list, names, oneOf, optionalText, readConfig, text } from '#common/config.ts';
import type { Publish } from '#common/events/publish.ts';
import { log as standardLog } from '#common/logger.ts';
import { createSecretReader } from '#common/secrets.ts';
import { ApiUsage } from './api-usage.ts';
import { createAttemptCounter } from './attempts.ts';
import { createBatchHandler } from './batch.ts';
import { CircuitBreaker } from './circuit-breaker/circuit-breaker.ts';
import { BreakerTable } from './circuit-breaker/table.ts';
import { RecordLimits } from './coalesce/plan.ts';
import { SalesforceConfigurationError } from './errors.ts';
import { Execution } from './execute.ts';
import { createGuard } from './idempotency/guard.ts';
import { IdempotencyTable } from './idempotency/table.ts';
import { createInvokeHandler } from './invoke.ts';
import { createEventMappings, type MappingClients } from './mapping/wiring.ts';
import { ApiCallQueue } from './outcome/queue.ts';
import { createProcess, type StartExecution } from './process.ts';
import type { AllowLists } from './request/allow-lists.ts';
import { createEnqueue } from './request/enqueue.ts';
import { eventIdFields } from './resolve.ts';
import { type CallSalesforce, createCaller } from './salesforce/client.ts';
import { parseCredentials } from './salesforce/credentials.ts';
import { login, type Session } from './salesforce/login.ts';
import { Sessions } from './salesforce/session.ts';
import { createTransport } from './salesforce/transport.ts';

/** @throws ConfigurationError naming every environment variable that is missing or malformed. */
export const readEnvironment = () =>
  readConfig({
    secretArn: text('SALESFORCE_SECRET_ARN'),
    authFlow: oneOf('AUTH_FLOW', ['jwt', 'client_credentials', 'password']),
    audience: optionalText('SALESFORCE_AUDIENCE'),
    apiVersion: text('SALESFORCE_API_VERSION'),
    allowedResources: list('ALLOWED_RESOURCES'),
    allowedObjects: list('ALLOWED_OBJECTS'),
    allowedActions: list('ALLOWED_ACTIONS'),
    replyPolicy: oneOf('REPLY_POLICY', ['always', 'error', 'errors', 'never']),
    replySource: text('RESPONSE_SOURCE'),
    queueUrl: text('API_CALL_QUEUE_URL'),
    dlqUrl: text('API_CALL_DLQ_URL'),
    functionTimeoutSeconds: integer('API_CALL_TIMEOUT_SECONDS', { fallback: 60, min: 5, max: 300 }),
    eventIdFields: eventIdFields('EVENT_ID_FIELDS'),
    apiUsageThreshold: integer('API_USAGE_THRESHOLD', { fallback: 80, min: 1, max: 100 }),
    maxRecordsPerCall: integer('MAX_RECORDS_PER_CALL', { fallback: 200, min: 1, max: 200 }),
    maxAttempts: integer('MAX_ATTEMPTS', { fallback: 5, min: 1, max: 10 }),
    tableName: text('IDEMPOTENCY_TABLE_NAME'),
    payloadBucketName: text('PAYLOAD_BUCKET_NAME'),
    claimRetentionDays: integer('CLAIM_RETENTION_DAYS', { fallback: 30, min: 1, max: 365 }),
    mappings: names('MAPPINGS'),
    mappedSources: names('MAPPED_SOURCES'),
    mappedDetailTypes: names('MAPPED_DETAIL_TYPES'),
    retentionDays: integer('IDEMPOTENCY_RETENTION_DAYS', { fallback: 30, min: 29, max: 365 }),
  });

type EnvironmentConfig = ReturnType<typeof readEnvironment>;

/** A call gets less than half of the function's time, so that one slow response leaves time to acknowledge its messages. */
const callTimeoutMs = (functionTimeoutSeconds: number): number =>
  Math.min(20_000, functionTimeoutSeconds * 400);

type ConnectionConfig = Pick<
  EnvironmentConfig,
  'secretArn' | 'authFlow' | 'audience' | 'functionTimeoutSeconds'
>;

/** Calls the org that the Salesforce secret names. It reads the secret and logs in on the first call. */
export function connectSalesforce(config: ConnectionConfig): CallSalesforce {
  const { authFlow: flow, audience } = config;
  const send = createTransport();
  const readSecret = createSecretReader(config.secretArn);

  const logIn = async (): Promise<Session> => {
    const secret = await readSecret('AWSCURRENT');
    if (secret === undefined) {
      throw new SalesforceConfigurationError(
        'The Salesforce secret has no value yet: write the credentials into it',
      );
    }
    const timeoutMs = callTimeoutMs(config.functionTimeoutSeconds) / 2;
    const credentials = parseCredentials(secret.text, flow);
    if (flow === 'password') {
      standardLog.warn(
        'the password flow ends on 2027-02-20: move to jwt or client_credentials',
        {},
      );
    }
    return login(credentials, { flow, audience, send, timeoutMs });
  };

  return createCaller({ sessions: new Sessions(logIn), send });
}

/** Identifies this Lambda process in the records that it writes. */
const OWNER = randomUUID();

type Config = Omit<EnvironmentConfig, 'secretArn' | 'authFlow' | 'audience'>;

interface Clients extends MappingClients {
  readonly sqs: SQSClient;
  readonly callSalesforce: CallSalesforce;
  readonly publish: Publish;
}

/** Creates the processing that batches and direct invocations share. */
function createRequestProcess(config: Config, clients: Clients, usage: ApiUsage) {
  const { dynamoDb: client, callSalesforce, log, now = Date.now } = clients;
  const { tableName, retentionDays } = config;
  const table = new IdempotencyTable({
    client,
    tableName,
    retentionDays,
    inProgressMs: config.functionTimeoutSeconds * 1_000,
    owner: OWNER,
    now,
  });
  const state = new BreakerTable({ client, tableName, now });
  const execution = {
    callSalesforce,
    recordLimits: new RecordLimits(config.maxRecordsPerCall),
    callSizes: new WeakMap(),
    apiVersion: config.apiVersion,
    callTimeoutMs: callTimeoutMs(config.functionTimeoutSeconds),
    onResponse: usage.observe,
  };
  const startExecution: StartExecution = async (remainingMs) =>
    new Execution(execution, remainingMs, await CircuitBreaker.read({ state, log, now }));
  const processRequests = createProcess({
    startExecution,
    guard: createGuard(table, (error) => log.error('idempotency record not closed', { error })),
    rules: {
      allowed: allowListsOf(config),
      eventIdFields: config.eventIdFields,
    },
    deferSeconds: usage.deferSeconds,
  });
  return { startExecution, processRequests };
}

type AllowListConfig = Pick<Config, 'allowedResources' | 'allowedObjects' | 'allowedActions'>;

const allowListsOf = (config: AllowListConfig): AllowLists => ({
  resources: config.allowedResources,
  objects: config.allowedObjects,
  actions: config.allowedActions,
});

/** Creates what the handler and its tests use: the queue's batches, direct invocations, and events to enqueue. */
export function create(config: Config, clients: Clients) {
  const { sqs, dynamoDb: client, publish, log, now = Date.now } = clients;
  const { tableName, queueUrl, maxAttempts, replySource, replyPolicy } = config;
  const usage = new ApiUsage(config.apiUsageThreshold, now);
  const { startExecution, processRequests } = createRequestProcess(config, clients, usage);
  const queue = new ApiCallQueue(config, sqs, (error) =>
    log.error('queue not available', { error }),
  );
  const allowed = allowListsOf(config);
  const handleBatch = createBatchHandler({
    processRequests,
    countAttempt: createAttemptCounter({ client, tableName, now }),
    queue,
    mappings: createEventMappings(config, clients, {
      startExecution,
      processRequests,
      queue,
      allowed,
      owner: OWNER,
    }),
    publish,
    log,
    usage,
    maxAttempts,
    // As the queue's redrive policy in template.yaml.
    maxReceives: 3 * maxAttempts,
    now,
    replySource,
    replyPolicy,
  });
  return {
    handleBatch,
    invoke: createInvokeHandler({ processRequests, replySource, log }),
    enqueue: createEnqueue(queueUrl, sqs, log),
  };
}
