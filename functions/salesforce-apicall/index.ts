import type { Context, LambdaFunctionURLEvent, SQSEvent } from 'aws-lambda';
import { toHttp } from './invoke.ts';
import { parseHttp } from './request/http.ts';
import { handleBatch, handleInvoke } from './wiring.ts';

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isQueueBatch = (event: unknown): event is SQSEvent =>
  isFields(event) && Array.isArray(event['Records']);

const isHttp = (event: unknown): event is LambdaFunctionURLEvent =>
  isFields(event) && isFields(event['requestContext']) && isFields(event['requestContext']['http']);

/** Salesforce API calls: a batch of the queue, an HTTP call of the function URL, or a direct invocation. */
export async function handler(event: unknown, context: Context) {
  const remainingMs = (): number => context.getRemainingTimeInMillis();
  if (isQueueBatch(event)) return handleBatch(event.Records, remainingMs);
  const invoke = (parse: () => unknown) => handleInvoke(parse, context.awsRequestId, remainingMs);
  return isHttp(event) ? toHttp(await invoke(() => parseHttp(event))) : invoke(() => event);
}
