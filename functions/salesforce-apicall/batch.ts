import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import pMap from 'p-map';
import type { Publish } from '#common/publish.ts';
import { isWanted, type ReplyPolicy, toBusEntry } from './outcome/reply.ts';
import { arrivalOf, createSettle, type SettleDependencies, type Settled } from './settle.ts';

export interface BatchDependencies extends SettleDependencies {
  readonly publish: Publish;
  readonly replyPolicy: ReplyPolicy;
}

/** Calls of one batch that run at the same time; Salesforce limits long ones to 25 per org. */
const CONCURRENCY = 5;

/** Kept for dead letters and replies after the last call. */
const SETTLE_MS = 1_500;

/** An id of 18 characters is the one of 15 with a checksum. */
const LONG_ID = /^(\w{15})\w{3}$/;

/** Messages on one record run one after another, oldest first; all others are free of each other. */
function toLanes(records: readonly SQSRecord[]): SQSRecord[][] {
  const sentAt = ({ attributes }: SQSRecord): number => Number(attributes.SentTimestamp);
  const bySentTime = records.toSorted((one, other) => sentAt(one) - sentAt(other));
  return [...Map.groupBy(bySentTime, laneOf).values()];
}

function laneOf(record: SQSRecord): string {
  try {
    const { object, record: id }: Record<string, unknown> = Object(arrivalOf(record).data);
    if (typeof object === 'string' && typeof id === 'string')
      return `${object}/${id.replace(LONG_ID, '$1')}`.toLowerCase();
  } catch {
    // What cannot be read is answered as such, on its own.
  }
  return record.messageId;
}

/** One queue batch: each message is settled on its own, none fails another; what does not fit the time goes back. */
export function createBatchHandler(dependencies: BatchDependencies) {
  const { publish, log, count, callTimeoutMs, replyPolicy } = dependencies;
  const settle = createSettle(dependencies);

  const runLane = async (lane: SQSRecord[], remainingMs: () => number): Promise<Settled[]> => {
    const settled: Settled[] = [];
    for (const record of lane) {
      const hasTime = remainingMs() >= callTimeoutMs + SETTLE_MS;
      settled.push(hasTime ? await settle(record) : { messageId: record.messageId, isDone: false });
    }
    return settled;
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
    records: readonly SQSRecord[],
    remainingMs: () => number,
  ): Promise<SQSBatchResponse> => {
    const lanes = toLanes(records);
    const perLane = await pMap(lanes, (lane) => runLane(lane, remainingMs), {
      concurrency: CONCURRENCY,
    });
    const settled = perLane.flat();
    await answer(settled, remainingMs);
    const failures = settled.filter(({ isDone }) => !isDone);
    return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}
