import type { SQSClient } from '@aws-sdk/client-sqs';
import { abortBefore, awsClientConfig, type BatchItemError, type RemainingMs } from '../aws.ts';
import type { PutEventsEntry } from './entry.ts';

/** Keeps an entry that the bus refused, with the reason, for the DLQ reprocessor; rejects when it could not. */
export type Spill = (
  entry: PutEventsEntry,
  refusal: BatchItemError,
  remainingMs: RemainingMs,
) => Promise<void>;

/** The share of an invocation that is kept for the spill queue: loading its client, one call and its retries. */
export const SPILL_MS = 3_000;

/** What is left for the answer to the sender. */
const ANSWER_MS = 300;

/** SQS' limit for a message with its attributes is 1 MiB (Developer Guide, "Message quotas"); the rest is room for `Failure`. */
export const SPILL_BODY_BYTES = 1_040_000;

/** The `Failure` attribute of a spilled entry: the same JSON shape that every dead letter of this stack carries. */
export function spillFailure(refusal: BatchItemError, at: Date): string {
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

/** The client is loaded with the first refusal: no other event pays for it. */
export function spillQueue(queueUrl: string): Spill {
  let client: SQSClient | undefined;
  return async (entry, refusal, remainingMs) => {
    const aws = await import('@aws-sdk/client-sqs');
    client ??= new aws.SQSClient(awsClientConfig);
    const Failure = { DataType: 'String', StringValue: spillFailure(refusal, new Date()) };
    const MessageBody = JSON.stringify(entry);
    await client.send(
      new aws.SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody,
        MessageAttributes: { Failure },
      }),
      abortBefore(remainingMs, ANSWER_MS),
    );
  };
}
