import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { awsClientConfig } from '#common/aws-client.ts';
import type { Failure } from './classify.ts';

/** What a dead letter says about itself, in its one attribute `Failure`. */
export interface DeadLetter {
  readonly record: SQSRecord;
  readonly failure: Failure;
  readonly attempts: number;
  readonly notBefore?: Date;
  /** Ids that lead back to the request. */
  readonly correlation: Readonly<Record<string, string>>;
}

/** The queue's side of an outcome. Each function rejects when SQS does not confirm. */
export interface Queue {
  readonly delay: (record: SQSRecord, delaySeconds: number) => Promise<void>;
  readonly deadLetter: (letter: DeadLetter) => Promise<void>;
}

/** Salesforce's longest texts are far below this; it keeps the attribute within the message's size. */
const MAX_MESSAGE_LENGTH = 2_000;

export function failureAttribute({
  record,
  failure,
  attempts,
  notBefore,
  correlation,
}: DeadLetter): string {
  return JSON.stringify({
    class: failure.class,
    errorCode: failure.errorCode,
    message: failure.message.slice(0, MAX_MESSAGE_LENGTH),
    ...(failure.status === undefined ? {} : { status: failure.status }),
    attempts,
    firstAt: new Date(Number(record.attributes.ApproximateFirstReceiveTimestamp)).toISOString(),
    lastAt: new Date().toISOString(),
    ...(notBefore === undefined ? {} : { notBefore: notBefore.toISOString() }),
    correlation,
  });
}

const text = (value: string) => ({ DataType: 'String', StringValue: value });

/** The original body and attributes, so that a redriven message is the message that failed. */
function attributesOf(letter: DeadLetter) {
  const original = Object.entries(letter.record.messageAttributes).flatMap(
    ([name, { stringValue }]) =>
      stringValue === undefined ? [] : [[name, text(stringValue)] as const],
  );
  return { ...Object.fromEntries(original), Failure: text(failureAttribute(letter)) };
}

export function apiCallQueue(
  { queueUrl, dlqUrl }: { queueUrl: string; dlqUrl: string },
  client = new SQSClient(awsClientConfig),
): Queue {
  return {
    delay: async ({ receiptHandle }, delaySeconds) => {
      const VisibilityTimeout = delaySeconds;
      await client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queueUrl,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout,
        }),
      );
    },
    deadLetter: async (letter) => {
      await client.send(
        new SendMessageCommand({
          QueueUrl: dlqUrl,
          MessageBody: letter.record.body,
          MessageAttributes: attributesOf(letter),
        }),
      );
    },
  };
}
