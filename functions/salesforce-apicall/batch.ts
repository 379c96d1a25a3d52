import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import pMap from 'p-map';
import type { Publish } from '#common/publish.ts';
import type { Breaker } from './breaker/hold.ts';
import { RequestError } from './errors.ts';
import { isWanted, type ReplyPolicy, toBusEntry } from './outcome/reply.ts';
import { type HeldBack, type Perform, type Performed, refuse } from './perform.ts';
import { arrivalOf, contextOf, inSentOrder } from './record.ts';
import type { Arrival } from './request/arrival.ts';
import { createSettle, type SettleDependencies, type Settled } from './settle.ts';

export interface BatchDependencies extends SettleDependencies {
  readonly perform: Perform;
  readonly publish: Publish;
  readonly replyPolicy: ReplyPolicy;
  readonly breaker: Breaker;
}

type Result = Performed | HeldBack | undefined;

/** Messages that are delayed or dead-lettered at the same time. */
const SETTLE_CONCURRENCY = 20;

async function performAll(
  perform: Perform,
  arrivals: readonly (Arrival | RequestError)[],
  remainingMs: () => number,
): Promise<Result[]> {
  const isReadable = (one: Arrival | RequestError): one is Arrival =>
    !(one instanceof RequestError);
  const readable = arrivals.filter(isReadable);
  const performed = await perform(readable, remainingMs);
  const results = new Map(readable.map((arrival, index) => [arrival, performed[index]]));
  return arrivals.map((one) => (isReadable(one) ? results.get(one) : refuse(one)));
}

/** One queue batch: each message is settled on its own, none fails another; what does not fit the time goes back. */
export function createBatchHandler(dependencies: BatchDependencies) {
  const { perform, publish, breaker, log, count, replyPolicy } = dependencies;
  const { settle, wait } = createSettle(dependencies);

  const settleOne = (
    record: SQSRecord,
    arrival: Arrival | RequestError | undefined,
    result: Result,
  ): Promise<Settled> | Settled => {
    if (result === undefined) return { messageId: record.messageId, isDone: false };
    if ('waitSeconds' in result) return wait(record, result.waitSeconds);
    return settle(record, contextOf(record, arrival), result);
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

  /** Each message's result: of its call, or that it has to wait because the breaker is open. */
  const resultsOf = async (
    arrivals: readonly (Arrival | RequestError)[],
    remainingMs: () => number,
  ): Promise<Result[]> => {
    const { waitSeconds, close } = await breaker();
    if (waitSeconds !== undefined) return arrivals.map(() => ({ waitSeconds }));
    const results = await performAll(perform, arrivals, remainingMs);
    await close(results.flatMap((result) => (result && 'outcome' in result ? result.outcome : [])));
    return results;
  };

  return async (
    unordered: readonly SQSRecord[],
    remainingMs: () => number,
  ): Promise<SQSBatchResponse> => {
    const records = inSentOrder(unordered);
    const arrivals = records.map(arrivalOf);
    const results = await resultsOf(arrivals, remainingMs);
    const settled = await pMap(
      records,
      (record, index) => settleOne(record, arrivals[index], results[index]),
      { concurrency: SETTLE_CONCURRENCY },
    );
    await answer(settled, remainingMs);
    const failures = settled.filter(({ isDone }) => !isDone);
    return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}
