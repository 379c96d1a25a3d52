import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type Refusal, sqsLimits } from '#common/batches.ts';
import { type RemainingMs, within } from '#common/deadline.ts';
import { messageBytes, type OutMessage, toMessageAttributes } from './attributes.ts';
import { sendInBatches } from './batch.ts';
import { resultsOf } from './dead-letter-queue.ts';

/** Sends messages; answers one result per message, in order: `undefined` where SQS confirmed. Never rejects. */
export type SendMessages = (
  messages: readonly OutMessage[],
  remainingMs: RemainingMs,
) => Promise<(Refusal | undefined)[]>;

/** What is left for the deletion of what was sent. */
const REMOVE_MS = 5_000;

/**
 * System attributes are not sent along, AWSTraceHeader among them: it carries the lineage by which Lambda stops loops
 * after about 16 rounds ("Use Lambda recursive loop detection to prevent infinite loops"). The attribute Redrive
 * counts the rounds of a message here, and every scheduled run begins a lineage of its own.
 */
export const sendToQueue =
  (QueueUrl: string, client: SQSClient): SendMessages =>
  (messages, remainingMs) =>
    sendInBatches(messages, messageBytes, sqsLimits, async (batch) => {
      const Entries = batch.map((message, index) => ({
        Id: String(index),
        MessageBody: message.body,
        MessageAttributes: toMessageAttributes(message),
      }));
      const command = new SendMessageBatchCommand({ QueueUrl, Entries });
      return resultsOf(batch, await client.send(command, within(remainingMs, REMOVE_MS)));
    });
