import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type { RemainingMs } from '#common/aws.ts';
import type { ApiUsage } from './api-usage.ts';
import type { ProcessedMessage } from './disposition.ts';
import { RequestError } from './errors.ts';
import { inSentOrder, type Message, parseMessage } from './message.ts';
import { logBatch } from './outcome/report.ts';
import type { ProcessRequests, RequestWithResult } from './process.ts';
import type { IncomingRequest } from './request/parse.ts';
import { rejected } from './result.ts';
import { createSettle, type SettleDependencies } from './settle.ts';

interface BatchDependencies extends SettleDependencies {
  readonly processRequests: ProcessRequests;
  readonly usage: ApiUsage;
}

/** The messages of requests, and those without a readable one, which are rejected without a call. */
function byRequest(messages: readonly Message[]) {
  const messageOf = new Map<IncomingRequest, Message>();
  const unreadable: ProcessedMessage[] = [];
  for (const message of messages) {
    const { request } = message;
    if (request instanceof RequestError) unreadable.push({ message, result: rejected(request) });
    else messageOf.set(request, message);
  }
  return { messageOf, unreadable };
}

/**
 * Handles one batch of ApiCallQueue, of up to 1,000 messages:
 *
 * 1. Parse: each body to a request, oldest message first (message.ts, request/parse.ts).
 * 2. Circuit breaker: while it is open, all requests wait (circuit-breaker/).
 * 3. Process (process.ts): validate against schema and allow-lists (resolve.ts), make low priority wait (api-usage.ts), then in
 *    rounds of requests that concern different records: plan which requests share an API call (coalesce/), write idempotency
 *    records (idempotency/), call Salesforce (execute.ts, salesforce/), classify the response (outcome/), close the records.
 * 4. Settle, whenever an API call ends (settle.ts): decide to delete, retry or dead-letter each message (disposition.ts); set
 *    retry delays, send dead-letter messages (acknowledge.ts); reply on the bus (common/events/publish.ts); delete the messages.
 * 5. Count the results, in one log line (outcome/report.ts). An invocation killed before does not count its batch.
 * 6. Return the ids of the messages that stay in the queue. Lambda deletes the others.
 *
 * No message makes another one fail, and requests that do not fit into the invocation's time go back to the queue. A reply that
 * can't be published is logged and counted, and does not bring its message back. If the Lambda process dies, SQS delivers the
 * messages again that are not settled: creates that succeeded or may have are not made again, by their idempotency records; all
 * other requests are, and replies and dead-letter messages may be repeated. These are the requests of the calls in flight, and of
 * up to nine small ones before (settle.ts).
 *
 * Responses are held in memory for five calls at most, until these are settled (execute.ts, salesforce/transport.ts).
 */
export function createBatchHandler(dependencies: BatchDependencies) {
  const { processRequests, log, usage } = dependencies;
  const startSettlement = createSettle(dependencies);

  return async (
    records: readonly SQSRecord[],
    remainingMs: RemainingMs,
  ): Promise<SQSBatchResponse> => {
    const { messageOf, unreadable } = byRequest(inSentOrder(records).map(parseMessage));
    const settlement = startSettlement(records.length, remainingMs);
    await settlement.add(unreadable);
    const onResults = (results: readonly RequestWithResult[]): Promise<void> =>
      settlement.add(
        results.flatMap(([request, result]): ProcessedMessage[] => {
          const message = messageOf.get(request);
          return message === undefined ? [] : [{ message, result }];
        }),
      );
    await processRequests([...messageOf.keys()], { remainingMs, onResults });
    const { removed, ...counts } = await settlement.end();
    logBatch({ messages: records.length, ...counts, usagePercent: usage.percent() }, log);
    const retained = records.filter(({ messageId }) => !removed.has(messageId));
    return { batchItemFailures: retained.map((record) => ({ itemIdentifier: record.messageId })) };
  };
}
