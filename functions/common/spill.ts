import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { awsClientConfig } from './aws-client.ts';
import type { Refusal } from './bus.ts';
import type { PutEventsEntry } from './entry.ts';

/** Keeps an entry that the bus refused, with the reason, for the DLQ reprocessor; rejects when it could not. */
export type Spill = (entry: PutEventsEntry, refusal: Refusal) => Promise<void>;

/** SQS' limit for a message with its attributes is 1 MiB (Developer Guide, "Message quotas"); the rest is room for `Failure`. */
export const SPILL_BODY_BYTES = 1_040_000;

/** The `Failure` attribute of a spilled entry: the same JSON shape that every dead letter of this stack carries. */
export function spillFailure(refusal: Refusal, at: Date): string {
  const now = at.toISOString();
  return JSON.stringify({
    class: 'publish-failed',
    errorCode: refusal.errorCode,
    message: 'The event bus did not take the event.',
    attempts: 1,
    firstAt: now,
    lastAt: now,
  });
}

export const spillQueue =
  (queueUrl: string, client = new SQSClient(awsClientConfig)): Spill =>
  async (entry, refusal) => {
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify(entry),
        MessageAttributes: {
          Failure: { DataType: 'String', StringValue: spillFailure(refusal, new Date()) },
        },
      }),
    );
  };
