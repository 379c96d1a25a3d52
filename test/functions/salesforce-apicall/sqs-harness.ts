import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';

export const DLQ_URL = 'https://dlq';

interface SqsEntry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly MessageAttributes: Readonly<Record<string, { readonly StringValue: string }>>;
}

/** A message that the function has sent: its attributes, by lower-case names, and its body. */
interface SentMessage {
  readonly body: string;
  readonly failure?: { readonly notBefore?: string; readonly correlation?: Record<string, string> };
  readonly redrive?: object;
}

const toSent = ({ MessageAttributes, MessageBody: body }: SqsEntry): SentMessage => ({
  body,
  ...Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, { StringValue }]) => [
      name.toLowerCase(),
      name === 'Mapping' ? StringValue : JSON.parse(StringValue),
    ]),
  ),
});

/** SQS as the function uses it. */
export function memorySqs(isDlqAvailable: boolean) {
  const delays: { id: string; delaySeconds: number }[] = [];
  const deleted: string[] = [];
  const deadLetters: SentMessage[] = [];
  const requeued: SentMessage[] = [];
  const client = new SQSClient({ region: 'us-east-1' });
  const mock = mockClient(client);
  mock.on(SendMessageBatchCommand).callsFake(({ QueueUrl, Entries }) => {
    const isDlq = QueueUrl === DLQ_URL;
    if (isDlq && !isDlqAvailable) throw new Error('the dead-letter queue is not available');
    (isDlq ? deadLetters : requeued).push(...Entries.map(toSent));
    return { Successful: Entries };
  });
  mock.on(ChangeMessageVisibilityBatchCommand).callsFake(({ Entries }) => {
    for (const { ReceiptHandle, VisibilityTimeout } of Entries)
      delays.push({ id: ReceiptHandle.replace('receipt-', ''), delaySeconds: VisibilityTimeout });
    return { Successful: Entries };
  });
  mock.on(DeleteMessageBatchCommand).callsFake(({ Entries }) => {
    for (const { ReceiptHandle } of Entries) deleted.push(ReceiptHandle.replace('receipt-', ''));
    return { Successful: Entries };
  });
  return { client, deadLetters, delays, deleted, requeued };
}
