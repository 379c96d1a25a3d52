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
import type { DeadLetterMessage } from '../dead-letter/message.ts';
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

export interface Deferral {
  readonly message: DeadLetterMessage;
  readonly seconds: number;
}

/**
 * SQS's longest visibility timeout, counted from when the message was received (Developer Guide, "Amazon SQS visibility
 * timeout"), less the time for which a message is held here.
 */
export const MAX_HIDE_SECONDS = 12 * 3600 - 120;

/** The message that SQS returned; none where it has no id or no receipt handle. */
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
      sentAt: new Date(Number(Attributes?.SentTimestamp ?? 0)),
    },
  ];
}

/** Receives at most `max` messages, and at most ten; hidden from others for `hideSeconds`. Rejects with SQS's error. */
export async function receiveMessages(
  { client, url }: SqsQueue,
  max: number,
  hideSeconds: number,
): Promise<DeadLetterMessage[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: url,
    MaxNumberOfMessages: Math.min(sqsLimits.items, max),
    // A short poll may return no messages although there are some.
    WaitTimeSeconds: 1,
    VisibilityTimeout: hideSeconds,
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['SentTimestamp'],
  });
  const { Messages = [] } = await client.send(command);
  return Messages.flatMap(toDeadLetterMessage);
}

/** Handles and timeouts are small: only their number limits a batch. */
const noBytes = (): number => 0;

/** Never rejects. @returns one result per message, in order: `undefined` where SQS confirmed. */
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

const toHideSeconds = (seconds: number): number =>
  Math.max(0, Math.min(MAX_HIDE_SECONDS, Math.ceil(seconds)));

/** Hides received messages for so long from now on; 0 makes them visible. Never rejects. */
export const hideMessages = (
  { client, url: QueueUrl }: SqsQueue,
  deferrals: readonly Deferral[],
): Promise<(BatchItemError | undefined)[]> =>
  sendInBatches(deferrals, noBytes, sqsLimits, async (batch) => {
    const Entries = batch.map(({ message, seconds }, index) => ({
      Id: String(index),
      ReceiptHandle: message.receiptHandle,
      VisibilityTimeout: toHideSeconds(seconds),
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
    visible: Number(Attributes['ApproximateNumberOfMessages']),
    hidden: Number(Attributes['ApproximateNumberOfMessagesNotVisible']),
    delayed: Number(Attributes['ApproximateNumberOfMessagesDelayed']),
  };
}
