import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type BatchItemError, sqsLimits } from '#common/aws.ts';
import { unfoldAttributes } from '#common/message-attributes.ts';
import type { DeadLetter } from '../dead-letter/dead-letter.ts';
import type { QueueCounts } from '../report.ts';
import { sendInBatches } from './batch.ts';
import { textAttributes, typedAttributes } from './message.ts';

/**
 * A queue of dead letters. All queues of this stack are standard ones: EventBridge takes no FIFO queue for dead
 * letters ("Using dead-letter queues to process undelivered events"), so there are no groups to keep in order.
 */
export interface DeadLetterQueue {
  /** At most `max` letters, and at most ten; hidden from others for `hideSeconds`. */
  readonly receive: (max: number, hideSeconds: number) => Promise<DeadLetter[]>;
  /** Answers one result per letter, in order: `undefined` where SQS confirmed. Never rejects. */
  readonly remove: (letters: readonly DeadLetter[]) => Promise<(BatchItemError | undefined)[]>;
  readonly hide: (hidden: readonly Hidden[]) => Promise<(BatchItemError | undefined)[]>;
  readonly left: () => Promise<QueueCounts>;
}

export interface Hidden {
  readonly letter: DeadLetter;
  readonly seconds: number;
}

/**
 * SQS' longest visibility timeout, counted from when the message was received (Developer Guide, "Amazon SQS visibility
 * timeout"), less the time for which a letter is held here.
 */
export const MAX_HIDE_SECONDS = 12 * 3600 - 120;

/** A received message; none where it has no id or no receipt. */
export function toDeadLetter(message: Message): DeadLetter[] {
  const { MessageId, ReceiptHandle, Body = '', MessageAttributes = {}, Attributes } = message;
  if (MessageId === undefined || ReceiptHandle === undefined) return [];
  return [
    {
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body,
      attributes: unfoldAttributes(textAttributes(MessageAttributes)),
      typed: typedAttributes(MessageAttributes),
      sentAt: new Date(Number(Attributes?.SentTimestamp ?? 0)),
    },
  ];
}

const receiveFrom = (QueueUrl: string, client: SQSClient) => async (max: number, hide: number) => {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: Math.min(sqsLimits.items, max),
      // A short poll may find nothing although there is something.
      WaitTimeSeconds: 1,
      VisibilityTimeout: hide,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['SentTimestamp'],
    }),
  );
  return Messages.flatMap(toDeadLetter);
};

interface BatchAnswer {
  readonly Successful?: readonly { readonly Id?: string | undefined }[] | undefined;
  readonly Failed?:
    | readonly { readonly Id?: string | undefined; readonly Code?: string | undefined }[]
    | undefined;
}

/** What SQS does not confirm by name counts as refused. */
export function resultsOf(
  batch: readonly unknown[],
  { Successful = [], Failed = [] }: BatchAnswer,
): (BatchItemError | undefined)[] {
  const confirmed = new Set(Successful.map(({ Id }) => Id));
  const codes = new Map(Failed.map(({ Id, Code }) => [Id, Code]));
  return batch.map((_, index) =>
    confirmed.has(String(index))
      ? undefined
      : { errorCode: codes.get(String(index)) ?? 'MissingResult' },
  );
}

const toHideSeconds = (seconds: number): number =>
  Math.max(0, Math.min(MAX_HIDE_SECONDS, Math.ceil(seconds)));

const removeFrom =
  (QueueUrl: string, client: SQSClient) => async (batch: readonly DeadLetter[]) => {
    const Entries = batch.map(({ receiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
    }));
    return resultsOf(
      batch,
      await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries })),
    );
  };

const hideIn = (QueueUrl: string, client: SQSClient) => async (batch: readonly Hidden[]) => {
  const Entries = batch.map(({ letter, seconds }, index) => ({
    Id: String(index),
    ReceiptHandle: letter.receiptHandle,
    VisibilityTimeout: toHideSeconds(seconds),
  }));
  const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries });
  return resultsOf(batch, await client.send(command));
};

const countIn = (QueueUrl: string, client: SQSClient) => async (): Promise<QueueCounts> => {
  const command = new GetQueueAttributesCommand({
    QueueUrl,
    AttributeNames: [
      'ApproximateNumberOfMessages',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesDelayed',
    ],
  });
  const { Attributes = {} } = await client.send(command);
  return {
    visible: Number(Attributes['ApproximateNumberOfMessages']),
    hidden: Number(Attributes['ApproximateNumberOfMessagesNotVisible']),
    delayed: Number(Attributes['ApproximateNumberOfMessagesDelayed']),
  };
};

/** Handles and timeouts are small: their number alone limits a batch. */
const noBytes = (): number => 0;

export function deadLetterQueue(queueUrl: string, client: SQSClient): DeadLetterQueue {
  const remove = removeFrom(queueUrl, client);
  const hide = hideIn(queueUrl, client);
  return {
    receive: receiveFrom(queueUrl, client),
    remove: (letters) => sendInBatches(letters, noBytes, sqsLimits, remove),
    hide: (hidden) => sendInBatches(hidden, noBytes, sqsLimits, hide),
    left: countIn(queueUrl, client),
  };
}

/** Letters that were received together: `at` is before the first of them was. */
export interface Wave {
  readonly letters: readonly DeadLetter[];
  readonly at: number;
}

/** What one receive takes. */
const RECEIVE = 10;

/** Receives that are under way at the same time, so that later calls come in full batches. */
const MAX_RECEIVES = 5;

/** A wave of more than this is followed by a single receive: bodies have up to 1 MiB, the function 512 MB. */
const LARGE_BYTES = 4_000_000;

const bytesOf = (letters: readonly DeadLetter[]): number =>
  letters.reduce((bytes, { body }) => bytes + body.length, 0);

/** SQS delivers at least once. */
const distinct = (letters: readonly DeadLetter[]): DeadLetter[] => [
  ...new Map(letters.map((letter) => [letter.messageId, letter])).values(),
];

/** One failed receive is no reason to leave what the others brought. */
async function allReceived(receives: readonly Promise<DeadLetter[]>[]): Promise<DeadLetter[]> {
  const settled = await Promise.allSettled(receives);
  const received = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  // All failed: whichever it is, it rejects.
  if (received.length === 0) return Promise.race(receives);
  return received.flat();
}

/**
 * Receives letters in waves: one receive at first, more while the queue keeps filling them.
 *
 * @returns a function that answers at most `max` letters; none - the queue has no more to give for now. It rejects
 *   with SQS' error.
 */
export function createSource(queue: DeadLetterQueue, hideSeconds: number, now: () => number) {
  let width = 1;
  return async (max: number): Promise<Wave> => {
    const at = now();
    const receives = Math.min(width, Math.ceil(max / RECEIVE));
    const sizes = Array.from({ length: receives }, (_, index) =>
      Math.min(RECEIVE, max - index * RECEIVE),
    );
    const received = await allReceived(sizes.map((size) => queue.receive(size, hideSeconds)));
    const isFull = received.length * 2 >= receives * RECEIVE;
    width = isFull && bytesOf(received) < LARGE_BYTES ? Math.min(MAX_RECEIVES, width * 2) : 1;
    return { letters: distinct(received), at };
  };
}
