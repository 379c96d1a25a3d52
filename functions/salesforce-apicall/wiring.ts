import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { awsClientConfig } from '#common/aws.ts';
import { integer, list, oneOf, optionalText, readConfig, text } from '#common/config.ts';
import { publishFromEnvironment } from '#common/events/publish.ts';
import { logger } from '#common/logger.ts';
import { countMetric } from '#common/metrics.ts';
import { createSecretReader } from '#common/secrets.ts';
import { createBatchHandler } from './batch.ts';
import { behindBreaker, createBreaker } from './circuit-breaker/circuit-breaker.ts';
import { sharedState } from './circuit-breaker/state.ts';
import { createUsage, holdBackAbove } from './circuit-breaker/usage.ts';
import { createSizes } from './coalesce/plan.ts';
import { SalesforceConfigurationError } from './errors.ts';
import { createRun } from './execute.ts';
import { createGuard } from './idempotency/guard.ts';
import { onceTable } from './idempotency/table.ts';
import { createInvokeHandler } from './invoke.ts';
import { apiCallQueue } from './outcome/queue.ts';
import { createReport } from './outcome/report.ts';
import { createPerform } from './process.ts';
import { handOnTo } from './request/enqueue.ts';
import { eventIdFields } from './resolve.ts';
import type { Perform } from './result.ts';
import { createCaller } from './salesforce/client.ts';
import { parseCredentials } from './salesforce/credentials.ts';
import { login } from './salesforce/login.ts';
import { createSessions } from './salesforce/session.ts';
import { createTransport } from './salesforce/transport.ts';

const config = readConfig({
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
  timeoutSeconds: integer('API_CALL_TIMEOUT_SECONDS', { fallback: 60, min: 5, max: 300 }),
  eventIdFields: eventIdFields('EVENT_ID_FIELDS'),
  apiUsageThreshold: integer('API_USAGE_THRESHOLD', { fallback: 80, min: 1, max: 100 }),
  maxRecordsPerCall: integer('MAX_RECORDS_PER_CALL', { fallback: 200, min: 1, max: 200 }),
  maxAttempts: integer('MAX_ATTEMPTS', { fallback: 5, min: 1, max: 10 }),
  tableName: text('IDEMPOTENCY_TABLE_NAME'),
  retentionDays: integer('IDEMPOTENCY_RETENTION_DAYS', { fallback: 30, min: 29, max: 365 }),
});

/** A call has less than half of the function's time, so that one slow answer leaves time to settle it. */
const callTimeoutMs = Math.min(20_000, config.timeoutSeconds * 400);

const send = createTransport();
const readSecret = createSecretReader(config.secretArn);

async function logIn() {
  const secret = await readSecret('AWSCURRENT');
  if (secret === undefined) {
    throw new SalesforceConfigurationError(
      'The Salesforce secret has no value yet: write the credentials into it',
    );
  }
  const credentials = parseCredentials(secret.text, config.authFlow);
  if (config.authFlow === 'password') {
    logger.warn('the password flow ends on 2027-02-20: move to jwt or client_credentials');
  }
  return login(credentials, {
    flow: config.authFlow,
    audience: config.audience,
    send,
    timeoutMs: callTimeoutMs / 2,
  });
}

const sqs = new SQSClient(awsClientConfig);
const client = new DynamoDBClient(awsClientConfig);
const shared = sharedState({ client, tableName: config.tableName });
const usage = createUsage();

const performNow = createPerform({
  run: createRun({
    call: createCaller({ sessions: createSessions(logIn), send }),
    sizes: createSizes(config.maxRecordsPerCall),
    apiVersion: config.apiVersion,
    callTimeoutMs,
    onAnswer: usage.note,
  }),
  guard: createGuard(
    onceTable({
      client,
      tableName: config.tableName,
      retentionDays: config.retentionDays,
      inProgressMs: config.timeoutSeconds * 1000,
      owner: randomUUID(),
    }),
    (error) => logger.error('once-only record not closed', { error }),
  ),
  rules: {
    allowed: {
      resources: config.allowedResources,
      objects: config.allowedObjects,
      actions: config.allowedActions,
    },
    eventIdFields: config.eventIdFields,
  },
  holdBack: holdBackAbove(config.apiUsageThreshold, usage),
});

const perform = behindBreaker(
  performNow,
  createBreaker({ state: shared, log: logger, count: countMetric }),
);

const handle = createBatchHandler({
  perform,
  countAttempt: shared.countAttempt,
  queue: apiCallQueue(config, sqs, (error) => logger.error('queue not reached', { error })),
  publish: publishFromEnvironment(),
  log: logger,
  count: countMetric,
  maxAttempts: config.maxAttempts,
  // As the queue's redrive policy in template.yaml.
  maxReceives: 3 * config.maxAttempts,
  replySource: config.replySource,
  replyPolicy: config.replyPolicy,
});

/** A batch of the queue; at its end, how much of the org's daily API calls is used. */
export const handleBatch: typeof handle = async (records, remainingMs) => {
  const response = await handle(records, remainingMs);
  const percent = usage.percent();
  if (percent !== undefined) countMetric('SalesforceApiUsagePercent', {}, percent);
  return response;
};

const report = createReport({ log: logger, count: countMetric });

/** The queue's messages are reported where they are settled; these are not settled anywhere. */
const performAndReport: Perform = async (arrivals, remainingMs) => {
  const results = await perform(arrivals, remainingMs);
  for (const [index, { context }] of arrivals.entries()) {
    const performed = results[index];
    if (performed && 'outcome' in performed) report({ eventId: context.id }, performed);
  }
  return results;
};

export const handleInvoke = createInvokeHandler({
  perform: performAndReport,
  replySource: config.replySource,
});

export const handOn = handOnTo(config.queueUrl, sqs);
