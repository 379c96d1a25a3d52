import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, LambdaFunctionURLEvent } from 'aws-lambda';
import { awsClientConfig } from '#common/aws.ts';
import { publishFromEnvironment } from '#common/events/publish.ts';
import { isJsonObject } from '#common/json.ts';
import { log } from '#common/logger.ts';
import { toHttpResponse } from './invoke.ts';
import { createObjectReader } from './mapping/claims.ts';
import { queueRecords } from './message.ts';
import { isBusEvent } from './request/enqueue.ts';
import { parseHttp } from './request/http.ts';
import { connectSalesforce, create, readEnvironment } from './wiring.ts';

const config = readEnvironment();

const { handleBatch, invoke, enqueue } = create(config, {
  sqs: new SQSClient(awsClientConfig),
  dynamoDb: new DynamoDBClient(awsClientConfig),
  callSalesforce: connectSalesforce(config),
  publish: publishFromEnvironment(),
  readObject: createObjectReader(config.payloadBucketName),
  log,
});

const isHttp = (event: unknown): event is LambdaFunctionURLEvent =>
  isJsonObject(event) &&
  isJsonObject(event['requestContext']) &&
  isJsonObject(event['requestContext']['http']);

/**
 * Salesforce API calls from four kinds of event: a batch of ApiCallQueue, a bus event that a rule sent to the function
 * itself (enqueued, so that it is retried too), an HTTP call of the function URL, and a direct invocation.
 */
export async function handler(event: unknown, context: Context) {
  const remainingMs = (): number => context.getRemainingTimeInMillis();
  const records = queueRecords(event);
  if (records !== undefined) return handleBatch(records, remainingMs);
  if (isBusEvent(event)) return enqueue(event);
  const options = { requestId: context.awsRequestId, remainingMs };
  if (isHttp(event))
    return toHttpResponse(
      await invoke(() => parseHttp(event), { ...options, wrap: toHttpResponse }),
    );
  return invoke(() => event, options);
}
