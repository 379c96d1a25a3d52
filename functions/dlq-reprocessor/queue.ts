import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { DeadLetter } from './envelope.ts';

/** A queue of dead letters. Counts its SQS calls. */
export interface DeadLetterQueue {
  /** At most `max` letters, and at most ten. */
  readonly receive: (max: number) => Promise<DeadLetter[]>;
  /** Answers the ids of the letters that SQS confirmed as deleted. */
  readonly remove: (letters: readonly DeadLetter[]) => Promise<ReadonlySet<string>>;
  readonly hide: (letter: DeadLetter, seconds: number) => Promise<void>;
}

/** SQS' largest batch (Developer Guide, "Message quotas"). */
const MAX_BATCH = 10;

/** SQS' longest visibility timeout (Developer Guide, "Amazon SQS visibility timeout"). */
const MAX_HIDE_SECONDS = 12 * 3600;

function toDeadLetter({
  MessageId,
  ReceiptHandle,
  Body,
  MessageAttributes,
  Attributes,
}: Message): DeadLetter[] {
  if (MessageId === undefined || ReceiptHandle === undefined) return [];
  const attributes = Object.entries(MessageAttributes ?? {}).flatMap(([name, { StringValue }]) =>
    StringValue === undefined ? [] : [[name, StringValue] as const],
  );
  return [
    {
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body ?? '',
      attributes: Object.fromEntries(attributes),
      sentAt: new Date(Number(Attributes?.SentTimestamp ?? 0)),
    },
  ];
}

export function deadLetterQueue(QueueUrl: string, client: SQSClient): DeadLetterQueue {
  return {
    receive: async (max) => {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: Math.min(MAX_BATCH, max),
          // A short poll may find nothing although there is something.
          WaitTimeSeconds: 1,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['SentTimestamp'],
        }),
      );
      return Messages.flatMap(toDeadLetter);
    },
    remove: async (letters) => {
      if (letters.length === 0) return new Set();
      const Entries = letters.map(({ receiptHandle }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
      }));
      const { Successful = [] } = await client.send(
        new DeleteMessageBatchCommand({ QueueUrl, Entries }),
      );
      return new Set(Successful.flatMap(({ Id }) => letters[Number(Id)]?.messageId ?? []));
    },
    hide: async ({ receiptHandle }, seconds) => {
      const VisibilityTimeout = Math.max(0, Math.min(MAX_HIDE_SECONDS, Math.ceil(seconds)));
      await client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout,
        }),
      );
    },
  };
}

/** Sends one message with text attributes; rejects when SQS does not confirm. */
export type SendToQueue = (
  body: string,
  attributes: Readonly<Record<string, string>>,
) => Promise<void>;

export const sendToQueue =
  (QueueUrl: string, client: SQSClient): SendToQueue =>
  async (MessageBody, attributes) => {
    const MessageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([name, StringValue]) => [
        name,
        { DataType: 'String', StringValue },
      ]),
    );
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes }));
  };
