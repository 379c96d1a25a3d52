import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import pMap from 'p-map';
import type { RemainingMs } from '#common/aws.ts';
import type { Publish } from '#common/events/publish.ts';
import { type AcknowledgeDependencies, createAcknowledge } from './acknowledge.ts';
import type { ApiUsage } from './api-usage.ts';
import { createDecide, type DecideDependencies, type ProcessedMessage } from './disposition.ts';
import { RequestError } from './errors.ts';
import { inSentOrder, type Message, parseMessage } from './message.ts';
import { isWanted, type Reply, toBusEntry } from './outcome/reply.ts';
import { logBatch } from './outcome/report.ts';
import { notStarted, type ProcessRequests, rejected } from './process.ts';

interface BatchDependencies extends DecideDependencies, AcknowledgeDependencies {
  readonly processRequests: ProcessRequests;
  readonly publish: Publish;
  readonly usage: ApiUsage;
}

/** Messages whose attempts are counted at the same time. */
const CONCURRENCY = 20;

/** Each message with its result. A message without a readable request is rejected without a call. */
async function processMessages(
  processRequests: ProcessRequests,
  messages: readonly Message[],
  remainingMs: RemainingMs,
): Promise<ProcessedMessage[]> {
  const requests = messages.flatMap(({ request }) =>
    request instanceof RequestError ? [] : [request],
  );
  const results = await processRequests(requests, remainingMs);
  const resultOf = new Map(requests.map((request, index) => [request, results[index]]));
  return messages.map((message) => {
    const { request } = message;
    if (request instanceof RequestError) return { message, result: rejected(request) };
    return { message, result: resultOf.get(request) ?? notStarted };
  });
}

/**
 * Handles one batch of ApiCallQueue, of up to 1,000 messages:
 *
 * 1. Parse: each body to a request, oldest message first (message.ts, request/parse.ts).
 * 2. Circuit breaker: while it is open, and during a pause, all requests wait (circuit-breaker/).
 * 3. Process (process.ts): validate against schema and allow-lists (resolve.ts), make low priority wait (api-usage.ts), then in
 *    rounds of requests that concern different records: plan which requests share an API call (coalesce/), write idempotency
 *    records (idempotency/), call Salesforce (execute.ts, salesforce/), classify the response (outcome/), close the records.
 * 4. Decide: delete, retry or dead-letter each message (disposition.ts).
 * 5. Acknowledge: set retry delays, send dead-letter messages (acknowledge.ts).
 * 6. Count the results, in one log line (outcome/report.ts). An invocation killed before does not count its batch.
 * 7. Reply on the bus (common/events/publish.ts).
 * 8. Return the ids of the messages that stay in the queue. Lambda deletes the others.
 *
 * No message makes another one fail, and requests that do not fit into the invocation's time go back to the queue. A reply that
 * can't be published is logged and counted, and does not bring its message back. If the Lambda process dies before the last
 * step, SQS delivers all messages again: creates that succeeded or may have are not made again, by their idempotency records;
 * all other requests are, and replies and dead-letter messages may be repeated.
 */
export function createBatchHandler(dependencies: BatchDependencies) {
  const { processRequests, publish, log, replyPolicy, usage } = dependencies;
  const decide = createDecide(dependencies);
  const acknowledge = createAcknowledge(dependencies);

  const publishReplies = async (
    replies: readonly Reply[],
    remainingMs: RemainingMs,
  ): Promise<void> => {
    const wanted = replies.filter((reply) => isWanted(reply, replyPolicy));
    const published = await publish(wanted.map(toBusEntry), remainingMs);
    for (const [index, result] of published.entries()) {
      if (result.outcome !== 'failed') continue;
      const replyId = wanted[index]?.id ?? '';
      const line = { replyId, error: result.error };
      const counted = { values: { DeliveryFailed: 1 }, isStackWide: true } as const;
      log.error('reply not published', line, { values: { PublishFailed: 1 } }, counted);
    }
  };

  return async (
    records: readonly SQSRecord[],
    remainingMs: RemainingMs,
  ): Promise<SQSBatchResponse> => {
    const messages = inSentOrder(records).map(parseMessage);
    const processed = await processMessages(processRequests, messages, remainingMs);
    const decided = await pMap(processed, decide, { concurrency: CONCURRENCY });
    const { replies, retained, deadLettered } = await acknowledge(decided);
    const outcomes = decided.flatMap(({ outcome }) => outcome ?? []);
    const counts = { messages: records.length, outcomes, deadLettered };
    logBatch({ ...counts, usagePercent: usage.percent() }, log);
    await publishReplies(replies, remainingMs);
    return { batchItemFailures: retained.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}
