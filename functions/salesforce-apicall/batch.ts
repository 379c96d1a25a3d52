import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type { Publish } from '#common/publish.ts';
import { RequestError } from './errors.ts';
import { isWanted, type Reply, type ReplyPolicy, toBusEntry } from './outcome/reply.ts';
import { type HeldBack, type Perform, type Performed, refuse } from './performed.ts';
import { arrivalOf, contextOf, inSentOrder } from './record.ts';
import type { Arrival } from './request/types.ts';
import { createSettle, type SettleDependencies } from './settle.ts';

export interface BatchDependencies extends SettleDependencies {
  readonly perform: Perform;
  readonly publish: Publish;
  readonly replyPolicy: ReplyPolicy;
}

const isReadable = (one: Arrival | RequestError): one is Arrival => !(one instanceof RequestError);

/** Each message's result: of its call, or that it is none that can be read. */
async function performAll(
  perform: Perform,
  arrivals: readonly (Arrival | RequestError)[],
  remainingMs: () => number,
): Promise<(Performed | HeldBack | undefined)[]> {
  const readable = arrivals.filter(isReadable);
  const performed = await perform(readable, remainingMs);
  const results = new Map(readable.map((arrival, index) => [arrival, performed[index]]));
  return arrivals.map((one) => (isReadable(one) ? results.get(one) : refuse(one)));
}

/** One queue batch: each message is settled on its own, none fails another; what does not fit the time goes back. */
export function createBatchHandler(dependencies: BatchDependencies) {
  const { perform, publish, log, count, replyPolicy } = dependencies;
  const settle = createSettle(dependencies);

  const answer = async (replies: readonly Reply[], remainingMs: () => number): Promise<void> => {
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
    const results = await performAll(perform, arrivals, remainingMs);
    const settled = await settle(
      records.map((record, index) => ({
        record,
        context: contextOf(record, arrivals[index]),
        result: results[index],
      })),
    );
    await answer(
      settled.flatMap(({ reply }) => reply ?? []),
      remainingMs,
    );
    const failures = settled.filter(({ isDone }) => !isDone);
    return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}
