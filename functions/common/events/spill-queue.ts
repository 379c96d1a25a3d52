import type { SQSClient } from '@aws-sdk/client-sqs';
import { abortBefore, awsClientConfig, type BatchItemError, type RemainingMs } from '../aws.ts';
import { toSqsText } from '../json.ts';
import type { PutEventsEntry } from './event-bus.ts';

/**
 * Queues an entry that the event bus rejected, with the error, for the DLQ reprocessor. Resolves to the id of its message;
 * rejects if SQS does not accept it.
 */
export type SpillEntry = (
  entry: PutEventsEntry,
  error: BatchItemError,
  remainingMs: RemainingMs,
) => Promise<string | undefined>;

/** Time reserved for the response to the sender. */
const RESPONSE_RESERVE_MS = 300;

/** SQS accepts 1 MiB per message with its attributes (Developer Guide, "Message quotas"); the rest is for `Failure`. */
export const MAX_SPILL_BODY_BYTES = 1_040_000;

/** The message that an entry waits in. */
export const spillBody = (entry: PutEventsEntry): string => toSqsText(JSON.stringify(entry));

/** The client is loaded with the first rejected entry, to keep it out of every other cold start. */
export function createSpillQueue(queueUrl: string): SpillEntry {
  let client: SQSClient | undefined;
  return async (entry, error, remainingMs) => {
    const aws = await import('@aws-sdk/client-sqs');
    client ??= new aws.SQSClient(awsClientConfig);
    const Failure = { DataType: 'String', StringValue: toFailure(error, new Date()) };
    const { MessageId } = await client.send(
      new aws.SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: spillBody(entry),
        MessageAttributes: { Failure },
      }),
      abortBefore(remainingMs, RESPONSE_RESERVE_MS),
    );
    return MessageId;
  };
}

/** The `Failure` attribute, in the JSON shape that every dead-letter message of this stack carries. */
function toFailure({ errorCode }: BatchItemError, at: Date): string {
  const now = at.toISOString();
  return JSON.stringify({
    class: 'publish-failed',
    errorCode,
    message: 'The event bus did not take the event.',
    attempts: 1,
    firstAt: now,
    lastAt: now,
  });
}
