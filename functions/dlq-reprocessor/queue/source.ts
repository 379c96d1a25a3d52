import type { DeadLetterMessage } from '../dead-letter/message.ts';
import type { Invocation } from '../invocation.ts';
import type { QueueName } from '../names.ts';
import type { Page, Source } from '../pipeline.ts';
import {
  countMessages,
  deleteMessages,
  hideMessages,
  receiveMessages,
  type SqsQueue,
} from './queue.ts';

/** Received messages are hidden for so long, and a page has to be processed within it. */
const HIDE_SECONDS = 120;

/** Messages of a dry run become visible by themselves; until then, the next invocation receives others. */
const DRY_RUN_HIDE_SECONDS = 60;

/** What one receive returns at most. */
const RECEIVE = 10;

/** Receives made at the same time, so that later calls come in full batches. */
const MAX_RECEIVES = 5;

/** A page with more than this is followed by a single receive: bodies have up to 1 MiB, the function 512 MB. */
const LARGE_BYTES = 4_000_000;

const bytesOf = (messages: readonly DeadLetterMessage[]): number =>
  messages.reduce((bytes, { body }) => bytes + body.length, 0);

/** SQS delivers at least once. */
const distinct = (messages: readonly DeadLetterMessage[]): DeadLetterMessage[] => [
  ...new Map(messages.map((message) => [message.messageId, message])).values(),
];

/** One failed receive does not discard what the others returned; if all failed, it rejects with SQS's error. */
async function allReceived(
  receives: readonly Promise<DeadLetterMessage[]>[],
): Promise<DeadLetterMessage[]> {
  const settled = await Promise.allSettled(receives);
  const received = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  if (received.length === 0) return Promise.race(receives);
  return received.flat();
}

/**
 * Receives pages from a queue: with one receive at first, with more while the queue keeps filling them.
 *
 * @returns a function that receives at most `max` messages: none when the queue is empty. It rejects with SQS's error.
 */
export function createReceive(queue: SqsQueue, hideSeconds: number) {
  let width = 1;
  return async (max: number): Promise<DeadLetterMessage[]> => {
    const receives = Math.min(width, Math.ceil(max / RECEIVE));
    const sizes = Array.from({ length: receives }, (_, index) =>
      Math.min(RECEIVE, max - index * RECEIVE),
    );
    const received = await allReceived(
      sizes.map((size) => receiveMessages(queue, size, hideSeconds)),
    );
    const isFull = received.length * 2 >= receives * RECEIVE;
    width = isFull && bytesOf(received) < LARGE_BYTES ? Math.min(MAX_RECEIVES, width * 2) : 1;
    return distinct(received);
  };
}

/** The oldest ids are forgotten first: by then their messages are deleted, or another process receives them anyway. */
const MAX_DISPATCHED_IDS = 10_000;

export function rememberDispatched(dispatchedIds: Set<string>, messageId: string): void {
  dispatchedIds.add(messageId);
  const [oldest] = dispatchedIds;
  if (dispatchedIds.size > MAX_DISPATCHED_IDS && oldest !== undefined) dispatchedIds.delete(oldest);
}

/** A queue as the pipeline's source. */
export function queueSource(name: QueueName, invocation: Invocation): Source {
  const { clients, command, config, dispatchedIds, log, now } = invocation;
  const queue = { client: clients.sqs, url: config.queueUrls[name] };
  const holdSeconds = command.dryRun ? DRY_RUN_HIDE_SECONDS : HIDE_SECONDS;
  const receive = createReceive(queue, holdSeconds);

  const remove = async (messages: readonly DeadLetterMessage[]): Promise<void> => {
    for (const { messageId } of messages) rememberDispatched(dispatchedIds, messageId);
    const results = await deleteMessages(queue, messages);
    for (const [index, { messageId }] of messages.entries()) {
      const errorCode = results[index]?.errorCode;
      // It is received again: if this process still lives then, it is only deleted, else it is dispatched once more.
      if (errorCode) log.warn('dead-letter message not deleted', { messageId, errorCode });
    }
  };

  /** What this process has dispatched before only has to be deleted. */
  const withoutDispatched = async (messages: readonly DeadLetterMessage[]) => {
    if (command.dryRun) return messages;
    const isDispatched = ({ messageId }: DeadLetterMessage) => dispatchedIds.has(messageId);
    await remove(messages.filter(isDispatched));
    return messages.filter((message) => !isDispatched(message));
  };

  return {
    name,
    minimumMs: 20_000,
    holdMs: holdSeconds * 1000,
    receive: async (max): Promise<Page> => {
      const receivedAt = now().getTime();
      const messages = await receive(max);
      const isEnd = messages.length === 0;
      return { messages: await withoutDispatched(messages), receivedAt, isEnd };
    },
    remove,
    defer: async (deferrals) => {
      await hideMessages(queue, deferrals);
    },
    count: async () => {
      try {
        return await countMessages(queue);
      } catch (error) {
        log.warn('queue not counted', { error });
        return undefined;
      }
    },
  };
}
