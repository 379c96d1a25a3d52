import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type BatchItemError, sqsLimits } from '#common/aws.ts';
import {
  stringAttributes,
  toMessageAttributes,
  unfoldAttributes,
} from '#common/message-attributes.ts';
import { type DeadLetterMessage, dateOf, type QueueName } from '../dead-letter/message.ts';
import { type Invocation, timeLimits } from '../invocation.ts';
import type { Hide, Page, Source } from '../pipeline.ts';
import type { QueueCounts } from '../report.ts';
import { batchResults, sendInBatches } from './batch.ts';

/**
 * One of the queues. All of them are standard queues: EventBridge does not support FIFO queues as dead-letter queues
 * ("Using dead-letter queues to process undelivered events"), so there are no message groups to keep in order.
 */
export interface SqsQueue {
  readonly client: SQSClient;
  readonly url: string;
}

/**
 * SQS's longest visibility timeout, which counts from when the message was received (Developer Guide, "Amazon SQS
 * visibility timeout"), less the time that has passed since then at most.
 */
export const MAX_HIDE_SECONDS = 12 * 3600 - timeLimits.hideMs / 1000;

/** The message that SQS returned; none if it has no id or no receipt handle. */
export function toDeadLetterMessage(message: Message): DeadLetterMessage[] {
  const { MessageId, ReceiptHandle, Body = '', MessageAttributes = {}, Attributes } = message;
  if (MessageId === undefined || ReceiptHandle === undefined) return [];
  const unfolded = toMessageAttributes(unfoldAttributes(stringAttributes(MessageAttributes)));
  return [
    {
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body,
      attributes: { ...MessageAttributes, ...unfolded },
      sentAt: dateOf(Number(Attributes?.SentTimestamp)) ?? new Date(0),
    },
  ];
}

/** Receives at most `max` messages, and at most 10, and hides them for `hideSeconds`. Rejects with SQS's error. */
export async function receiveMessages(
  { client, url }: SqsQueue,
  max: number,
  hideSeconds: number,
): Promise<DeadLetterMessage[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: url,
    MaxNumberOfMessages: Math.min(sqsLimits.items, max),
    // A short poll can return no message although there are some.
    WaitTimeSeconds: 1,
    VisibilityTimeout: hideSeconds,
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['SentTimestamp'],
  });
  const { Messages = [] } = await client.send(command);
  return Messages.flatMap(toDeadLetterMessage);
}

/** Receipt handles and timeouts are small: only their number limits a batch. */
const noBytes = (): number => 0;

/** Never rejects. @returns one result per message, in order: `undefined` if SQS confirmed the deletion. */
export const deleteMessages = (
  { client, url: QueueUrl }: SqsQueue,
  messages: readonly DeadLetterMessage[],
): Promise<(BatchItemError | undefined)[]> =>
  sendInBatches(messages, noBytes, sqsLimits, async (batch) => {
    const Entries = batch.map(({ receiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
    }));
    const command = new DeleteMessageBatchCommand({ QueueUrl, Entries });
    return batchResults(batch, await client.send(command));
  });

/** Hides received messages for the given seconds from now on; 0 makes them visible. Never rejects. */
export const hideMessages = (
  { client, url: QueueUrl }: SqsQueue,
  hides: readonly Hide[],
): Promise<(BatchItemError | undefined)[]> =>
  sendInBatches(hides, noBytes, sqsLimits, async (batch) => {
    const Entries = batch.map(({ message, seconds }, index) => ({
      Id: String(index),
      ReceiptHandle: message.receiptHandle,
      VisibilityTimeout: Math.max(0, Math.min(MAX_HIDE_SECONDS, Math.ceil(seconds))),
    }));
    const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries });
    return batchResults(batch, await client.send(command));
  });

/** SQS's approximate counts. Rejects with SQS's error. */
export async function countMessages({ client, url }: SqsQueue): Promise<QueueCounts> {
  const command = new GetQueueAttributesCommand({
    QueueUrl: url,
    AttributeNames: [
      'ApproximateNumberOfMessages',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesDelayed',
    ],
  });
  const { Attributes = {} } = await client.send(command);
  return {
    visible: Number(Attributes['ApproximateNumberOfMessages'] ?? 0),
    hidden: Number(Attributes['ApproximateNumberOfMessagesNotVisible'] ?? 0),
    delayed: Number(Attributes['ApproximateNumberOfMessagesDelayed'] ?? 0),
  };
}

/** Receives made at the same time, so that later calls are made in full batches. */
const MAX_RECEIVES = 5;

/** A page larger than this is followed by a single receive: a body has up to 1 MiB, the function 512 MB of memory. */
const LARGE_BYTES = 4_000_000;

const bytesOf = (messages: readonly DeadLetterMessage[]): number =>
  messages.reduce((bytes, { body }) => bytes + body.length, 0);

/** SQS delivers at least once. */
const distinct = (messages: readonly DeadLetterMessage[]): DeadLetterMessage[] => [
  ...new Map(messages.map((message) => [message.messageId, message])).values(),
];

/** The messages of all receives that succeeded. Rejects with SQS's error if none did. */
async function allReceived(
  receives: readonly Promise<DeadLetterMessage[]>[],
): Promise<DeadLetterMessage[]> {
  const settled = await Promise.allSettled(receives);
  const received = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  if (received.length === 0) return Promise.race(receives);
  return received.flat();
}

/**
 * Receives pages from a queue: with one receive at first, with up to 5 at the same time while the queue fills them.
 *
 * @returns a function that receives at most `max` messages, none if the queue is empty. It rejects with SQS's error.
 */
export function createReceive(queue: SqsQueue, hideSeconds: number) {
  let width = 1;
  return async (max: number): Promise<DeadLetterMessage[]> => {
    const receives = Math.min(width, Math.ceil(max / sqsLimits.items));
    const sizes = Array.from({ length: receives }, (_, index) =>
      Math.min(sqsLimits.items, max - index * sqsLimits.items),
    );
    const received = await allReceived(
      sizes.map((size) => receiveMessages(queue, size, hideSeconds)),
    );
    const isFull = received.length * 2 >= receives * sqsLimits.items;
    width = isFull && bytesOf(received) < LARGE_BYTES ? Math.min(MAX_RECEIVES, width * 2) : 1;
    return distinct(received);
  };
}

/** The oldest ids are dropped first: their messages are deleted by then, or another process may receive them anyway. */
const MAX_MOVED_IDS = 10_000;

export function rememberMoved(movedIds: Set<string>, messageId: string): void {
  movedIds.add(messageId);
  const [oldest] = movedIds;
  if (movedIds.size > MAX_MOVED_IDS && oldest !== undefined) movedIds.delete(oldest);
}

/** A queue as the pipeline's source. */
export function queueSource(name: QueueName, invocation: Invocation): Source {
  const { clients, command, config, movedIds, log, now } = invocation;
  const queue = { client: clients.sqs, url: config.queueUrls[name] };
  const hideMs = command.dryRun ? timeLimits.dryRunHideMs : timeLimits.hideMs;
  const receive = createReceive(queue, hideMs / 1000);

  const remove = async (messages: readonly DeadLetterMessage[]): Promise<void> => {
    for (const { messageId } of messages) rememberMoved(movedIds, messageId);
    const results = await deleteMessages(queue, messages);
    for (const [index, { messageId }] of messages.entries()) {
      const errorCode = results[index]?.errorCode;
      // It is received again. Then this process only deletes it; a new process moves it once more.
      if (errorCode) log.warn('dead-letter message not deleted', { messageId, errorCode });
    }
  };

  /** Deletes what this process has already moved; returns the rest. */
  const withoutMoved = async (messages: readonly DeadLetterMessage[]) => {
    if (command.dryRun) return messages;
    const isMoved = ({ messageId }: DeadLetterMessage) => movedIds.has(messageId);
    await remove(messages.filter(isMoved));
    return messages.filter((message) => !isMoved(message));
  };

  return {
    name,
    pageMs: timeLimits.queuePageMs,
    hideMs,
    receive: async (max): Promise<Page> => {
      const receivedAt = now().getTime();
      const messages = await receive(max);
      const isEnd = messages.length === 0;
      return { messages: await withoutMoved(messages), receivedAt, isEnd };
    },
    remove,
    hide: async (hides) => {
      await hideMessages(queue, hides);
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
