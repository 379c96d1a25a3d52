import type { Context, LambdaFunctionURLEvent, SQSEvent } from 'aws-lambda';
import { isJsonObject } from '#common/json.ts';
import { toHttp } from './invoke.ts';
import { isBusEvent } from './request/enqueue.ts';
import { parseHttp } from './request/http.ts';
import { handleBatch, handleInvoke, handOn } from './wiring.ts';

const isQueueBatch = (event: unknown): event is SQSEvent =>
  isJsonObject(event) && Array.isArray(event['Records']);

const isHttp = (event: unknown): event is LambdaFunctionURLEvent =>
  isJsonObject(event) &&
  isJsonObject(event['requestContext']) &&
  isJsonObject(event['requestContext']['http']);

/** Salesforce API calls: a batch of the queue, an HTTP call of the function URL, or an invocation by a caller or rule. */
export async function handler(event: unknown, context: Context) {
  const remainingMs = (): number => context.getRemainingTimeInMillis();
  if (isQueueBatch(event)) return handleBatch(event.Records, remainingMs);
  if (isBusEvent(event)) return handOn(event);
  const invoke = (parse: () => unknown) => handleInvoke(parse, context.awsRequestId, remainingMs);
  return isHttp(event) ? toHttp(await invoke(() => parseHttp(event))) : invoke(() => event);
}
