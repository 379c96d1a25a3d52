import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import pMap from 'p-map';
import type { RemainingMs } from '#common/aws.ts';
import type { Publish } from '#common/events/publish.ts';
import { type AcknowledgeDependencies, createAcknowledge } from './acknowledge.ts';
import type { ApiUsage } from './circuit-breaker/usage.ts';
import { createDispose, type DisposeDependencies, type ProcessedMessage } from './disposition.ts';
import { RequestError } from './errors.ts';
import { inSentOrder, type Message, parseMessage } from './message.ts';
import { isWanted, type Reply, type ReplyPolicy, toBusEntry } from './outcome/reply.ts';
import { notStarted, type ProcessRequests, rejected } from './process.ts';

interface BatchDependencies extends DisposeDependencies, AcknowledgeDependencies {
  readonly processRequests: ProcessRequests;
  readonly publish: Publish;
  readonly replyPolicy: ReplyPolicy;
  readonly usage: ApiUsage;
}

/** Messages whose attempts are counted at the same time. */
const CONCURRENCY = 20;

/** Each message with its result. A message that holds no readable request is rejected without a call. */
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
 * Handles one batch of ApiCallQueue: parse, process, dispose, reply. No message makes another one fail, and what does not fit
 * into the invocation's time goes back to the queue.
 */
export function createBatchHandler(dependencies: BatchDependencies) {
  const { processRequests, publish, log, count, replyPolicy, usage } = dependencies;
  const dispose = createDispose(dependencies);
  const acknowledge = createAcknowledge(dependencies);

  const publishReplies = async (
    replies: readonly Reply[],
    remainingMs: RemainingMs,
  ): Promise<void> => {
    const wanted = replies.filter((reply) => isWanted(reply, replyPolicy));
    const published = await publish(wanted.map(toBusEntry), remainingMs);
    for (const [index, result] of published.entries()) {
      if (result.outcome !== 'failed') continue;
      log.error('reply not published', { replyId: wanted[index]?.id, error: result.error });
      count('PublishFailed');
    }
  };

  return async (
    records: readonly SQSRecord[],
    remainingMs: RemainingMs,
  ): Promise<SQSBatchResponse> => {
    const messages = inSentOrder(records).map(parseMessage);
    const processed = await processMessages(processRequests, messages, remainingMs);
    const disposed = await pMap(processed, dispose, { concurrency: CONCURRENCY });
    const { replies, retained } = await acknowledge(disposed);
    await publishReplies(replies, remainingMs);
    const percent = usage.percent();
    if (percent !== undefined) count('SalesforceApiUsagePercent', {}, percent);
    return { batchItemFailures: retained.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}
