import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { isJsonObject, type JsonObject, toSqsText } from '#common/json.ts';
import { type Log, loggableId } from '#common/logger.ts';

/** Whether EventBridge invoked the function: an event in its envelope. */
export const isBusEvent = (event: unknown): event is JsonObject =>
  isJsonObject(event) && 'detail-type' in event && 'detail' in event;

/**
 * Enqueues an event that a rule sent to the function itself. EventBridge invokes asynchronously: it discards the reply, and
 * treats a failure that is returned as a success. From the queue, the event is retried, replied to on the bus and dead-lettered
 * like any other.
 *
 * @returns a function that rejects if SQS does not confirm: Lambda then retries, and has a dead-letter queue.
 */
export const createEnqueue =
  (queueUrl: string, client: SQSClient, log: Log) =>
  async (event: JsonObject): Promise<{ readonly queued: true }> => {
    const MessageBody = toSqsText(JSON.stringify(event));
    const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody });
    const { MessageId: messageId = '' } = await client.send(command);
    log.info('event enqueued', { messageId, eventId: loggableId(event['id']) });
    return { queued: true };
  };
