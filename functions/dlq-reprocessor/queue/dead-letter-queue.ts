import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type Refusal, sqsLimits } from '#common/batches.ts';
import { unfoldAttributes } from '#common/message-attributes.ts';
import type { DeadLetter } from '../envelope/letter.ts';
import type { Left } from '../report.ts';
import { textAttributes, typedAttributes } from './attributes.ts';
import { sendInBatches } from './batch.ts';

/**
 * A queue of dead letters. All queues of this stack are standard ones: EventBridge takes no FIFO queue for dead
 * letters ("Using dead-letter queues to process undelivered events"), so there are no groups to keep in order.
 */
export interface DeadLetterQueue {
  /** At most `max` letters, and at most ten; hidden from others for `hideSeconds`. */
  readonly receive: (max: number, hideSeconds: number) => Promise<DeadLetter[]>;
  /** Answers one result per letter, in order: `undefined` where SQS confirmed. Never rejects. */
  readonly remove: (letters: readonly DeadLetter[]) => Promise<(Refusal | undefined)[]>;
  readonly hide: (hidden: readonly Hidden[]) => Promise<(Refusal | undefined)[]>;
  readonly left: () => Promise<Left>;
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
): (Refusal | undefined)[] {
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

const countIn = (QueueUrl: string, client: SQSClient) => async (): Promise<Left> => {
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
