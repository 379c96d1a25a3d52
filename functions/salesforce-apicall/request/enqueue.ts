import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { isJsonObject } from '#common/json.ts';

/** What EventBridge hands to a target: an event in its envelope. */
export const isBusEvent = (event: unknown): event is object =>
  isJsonObject(event) && 'detail-type' in event && 'detail' in event;

/**
 * Puts an event into the queue that a rule has handed to the function itself. EventBridge invokes asynchronously: nobody
 * reads the reply, and a failure that is answered counts as success. From the queue it is retried, answered on the bus
 * and dead-lettered like any other.
 *
 * @returns a function that rejects when SQS does not confirm: Lambda then tries again, and has a dead-letter queue.
 */
export const handOnTo =
  (queueUrl: string, client: SQSClient) =>
  async (event: object): Promise<{ readonly queued: true }> => {
    const MessageBody = JSON.stringify(event);
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
    return { queued: true };
  };
