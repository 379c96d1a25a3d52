import pMap from 'p-map';
import type { DeadLetterMessage } from '../../../functions/dlq-reprocessor/dead-letter/message.ts';
import {
  countParked,
  listKeys,
  readParked,
} from '../../../functions/dlq-reprocessor/park/bucket.ts';
import { PARKED } from '../../../functions/dlq-reprocessor/park/record.ts';
import { SeenIds } from '../../../functions/dlq-reprocessor/progress.ts';
import { countMessages } from '../../../functions/dlq-reprocessor/queue/queue.ts';
import type { FailedMessage, FailurePage, FailurePlace, QueuePlace } from './failure.ts';
import { nameOf } from './places.ts';
import { readQueue } from './queue.ts';
import { evaluate, type Reader, toFailedMessage } from './reader.ts';

const PAGE_SIZE = 100;

/** Objects read at the same time. */
const CONCURRENCY = 10;

const countReasons = (messages: readonly FailedMessage[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { reason } of messages) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
};

/** A page of a queue: the messages that no earlier page had, as far as SQS returns them. */
async function listQueue(
  place: QueuePlace,
  cursor: string | undefined,
  reader: Reader,
): Promise<FailurePage> {
  const { clients, config } = reader;
  const name = nameOf(place);
  const url = name === 'parked' ? '' : config.queueUrls[name];
  const queue = { client: clients.sqs, url };
  // Counted before this reading hides some of them.
  const { visible, hidden, delayed } = await countMessages(queue);
  const seenIds = new SeenIds(cursor);
  const messages: FailedMessage[] = [];
  let left = 0;
  const takePage = async (received: readonly DeadLetterMessage[]): Promise<boolean> => {
    const unseen = received.filter(({ messageId }) => !seenIds.has(messageId));
    const kept = unseen.slice(0, PAGE_SIZE - messages.length);
    left += unseen.length - kept.length;
    for (const { messageId } of kept) seenIds.add(messageId);
    const evaluated = await evaluate(kept, reader);
    messages.push(...evaluated.map((one) => toFailedMessage(one, place)));
    return messages.length >= PAGE_SIZE;
  };
  const { read, isEnd } = await readQueue(queue, takePage, { expected: visible });
  const total = visible + hidden + delayed;
  const byReason = countReasons(messages);
  const page = { messages, read, total, hidden, byReason };
  return isEnd && left === 0 ? page : { ...page, cursor: seenIds.text() };
}

/** A page of the park bucket, by key. Its counts are those of all parked messages, up to 10,000. */
async function listParked(cursor: string | undefined, reader: Reader): Promise<FailurePage> {
  const { clients, config, now } = reader;
  const bucket = { client: clients.s3, name: config.parkBucketName };
  const [counts, { keys, hasMore }] = await Promise.all([
    countParked(bucket),
    listKeys(bucket, PARKED, cursor, PAGE_SIZE),
  ]);
  const read = async (key: string): Promise<FailedMessage[]> => {
    const evaluated = await evaluate([await readParked(bucket, key, now())], reader);
    return evaluated.map((one) => toFailedMessage(one, 'parked'));
  };
  const messages = (await pMap(keys, read, { concurrency: CONCURRENCY })).flat();
  const byReason: Record<string, number> = { ...counts };
  const total = Object.values(byReason).reduce((sum, count) => sum + count, 0);
  const page = { messages, read: messages.length, total, hidden: 0, byReason };
  const last = keys.at(-1);
  return hasMore && last !== undefined ? { ...page, cursor: last } : page;
}

/**
 * Lists at most 100 messages of a place, with what a redrive or an unpark would do with each. A queue's messages are received and
 * given back at once (queue.ts): a later page reads the earlier ones again. Rejects with AWS's error.
 *
 * @param cursor from the page before.
 */
export const listFailures = (
  place: FailurePlace,
  cursor: string | undefined,
  reader: Reader,
): Promise<FailurePage> =>
  place === 'parked' ? listParked(cursor, reader) : listQueue(place, cursor, reader);
