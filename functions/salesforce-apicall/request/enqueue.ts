import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { isJsonObject } from '#common/json.ts';

/** Whether EventBridge invoked the function: an event in its envelope. */
export const isBusEvent = (event: unknown): event is object =>
  isJsonObject(event) && 'detail-type' in event && 'detail' in event;

/**
 * Enqueues an event that a rule sent to the function itself. EventBridge invokes asynchronously: it discards the reply, and
 * treats a failure that is returned as a success. From the queue, the event is retried, replied to on the bus and dead-lettered
 * like any other.
 *
 * @returns a function that rejects if SQS does not confirm: Lambda then retries, and has a dead-letter queue.
 */
export const createEnqueue =
  (queueUrl: string, client: SQSClient) =>
  async (event: object): Promise<{ readonly queued: true }> => {
    const MessageBody = JSON.stringify(event);
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
    return { queued: true };
  };
