import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import pMap from 'p-map';
import type { Publish } from '#common/publish.ts';
import { RequestError } from './errors.ts';
import { isWanted, type ReplyPolicy, toBusEntry } from './outcome/reply.ts';
import { type Perform, type Performed, refuse } from './perform.ts';
import { arrivalOf, contextOf, inSentOrder } from './record.ts';
import type { Arrival } from './request/arrival.ts';
import { createSettle, type SettleDependencies, type Settled } from './settle.ts';

export interface BatchDependencies extends SettleDependencies {
  readonly perform: Perform;
  readonly publish: Publish;
  readonly replyPolicy: ReplyPolicy;
}

/** Messages that are delayed or dead-lettered at the same time. */
const SETTLE_CONCURRENCY = 20;

/** One queue batch: each message is settled on its own, none fails another; what does not fit the time goes back. */
export function createBatchHandler(dependencies: BatchDependencies) {
  const { perform, publish, log, count, replyPolicy } = dependencies;
  const settle = createSettle(dependencies);

  const performAll = async (
    arrivals: readonly (Arrival | RequestError)[],
    remainingMs: () => number,
  ): Promise<(Performed | undefined)[]> => {
    const readable = arrivals.filter(
      (arrival): arrival is Arrival => !(arrival instanceof RequestError),
    );
    const performed = await perform(readable, remainingMs);
    const results = new Map(readable.map((arrival, index) => [arrival, performed[index]]));
    return arrivals.map((arrival) =>
      arrival instanceof RequestError ? refuse(arrival) : results.get(arrival),
    );
  };

  const answer = async (settled: readonly Settled[], remainingMs: () => number): Promise<void> => {
    const replies = settled.flatMap(({ reply }) => reply ?? []);
    const wanted = replies.filter((reply) => isWanted(reply, replyPolicy));
    const published = await publish(wanted.map(toBusEntry), remainingMs);
    for (const [index, result] of published.entries()) {
      if (result.outcome !== 'failed') continue;
      log.error('reply not published', { replyId: wanted[index]?.id, error: result.error });
      count('PublishFailed');
    }
  };

  return async (
    unordered: readonly SQSRecord[],
    remainingMs: () => number,
  ): Promise<SQSBatchResponse> => {
    const records = inSentOrder(unordered);
    const arrivals = records.map(arrivalOf);
    const performed = await performAll(arrivals, remainingMs);
    const messages = records.map((record, index) => ({
      record,
      context: contextOf(record, arrivals[index]),
      result: performed[index],
    }));
    const settled = await pMap(
      messages,
      async ({ record, context, result }): Promise<Settled> =>
        result ? settle(record, context, result) : { messageId: record.messageId, isDone: false },
      { concurrency: SETTLE_CONCURRENCY },
    );
    await answer(settled, remainingMs);
    const failures = settled.filter(({ isDone }) => !isDone);
    return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}
