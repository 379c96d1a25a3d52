import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  countMessages,
  deleteMessages,
  hideMessages,
  MAX_HIDE_SECONDS,
  receiveMessages,
} from '../../../../functions/dlq-reprocessor/queue/queue.ts';
import { messageOf } from '../harness.ts';

const client = new SQSClient({ region: 'us-east-1' });
const mock = mockClient(client);
const queue = { client, url: 'https://sqs/dlq' };
beforeEach(() => mock.reset());

interface BatchInput {
  readonly Entries?: readonly { readonly Id?: string | undefined }[] | undefined;
}
const confirmAll = ({ Entries = [] }: BatchInput) => ({
  Successful: Entries.map(({ Id }) => ({ Id })),
});
const messages = (count: number) =>
  Array.from({ length: count }, (_, index) => messageOf('{}', {}, { receiptHandle: `r${index}` }));

describe('receiving', () => {
  it('hides messages for the given time, unfolds attributes and keeps those of other types', async () => {
    mock.on(ReceiveMessageCommand).resolves({
      Messages: [
        {
          MessageId: 'm',
          ReceiptHandle: 'r',
          Body: 'b',
          Attributes: { SentTimestamp: '1795521966000' },
          MessageAttributes: {
            Failure: { DataType: 'String', StringValue: '{"class":"c","attributes":{"a9":"9"}}' },
            weight: { DataType: 'Number', StringValue: '12' },
            bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2, 255]) },
          },
        },
        { MessageId: 'without a receipt' },
      ],
    });
    expect(await receiveMessages(queue, 50, 60)).toEqual([
      {
        messageId: 'm',
        receiptHandle: 'r',
        body: 'b',
        attributes: {
          Failure: { DataType: 'String', StringValue: '{"class":"c"}' },
          a9: { DataType: 'String', StringValue: '9' },
          weight: { DataType: 'Number', StringValue: '12' },
          bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2, 255]) },
        },
        sentAt: new Date('2026-11-24T12:06:06Z'),
      },
    ]);
    const [call] = mock.commandCalls(ReceiveMessageCommand);
    expect(call?.args[0].input).toMatchObject({ MaxNumberOfMessages: 10, VisibilityTimeout: 60 });
  });

  it('counts the messages left', async () => {
    const Attributes = {
      ApproximateNumberOfMessages: '3',
      ApproximateNumberOfMessagesNotVisible: '2',
      ApproximateNumberOfMessagesDelayed: '1',
    };
    mock.on(GetQueueAttributesCommand).resolves({ Attributes });
    expect(await countMessages(queue)).toEqual({ visible: 3, hidden: 2, delayed: 1 });
  });
});

describe('batches of a queue', () => {
  it('delete ten at a time, and count only what SQS confirms', async () => {
    mock.on(DeleteMessageBatchCommand).callsFake(({ Entries }) => ({
      Successful: Entries.slice(2),
      Failed: [{ Id: '0', Code: 'InternalError' }],
    }));
    const results = await deleteMessages(queue, messages(12));
    expect(mock.commandCalls(DeleteMessageBatchCommand)).toHaveLength(2);
    expect(results.map((one) => one?.errorCode)).toEqual([
      'InternalError',
      'MissingResult',
      ...Array(8).fill(undefined),
      'InternalError',
      'MissingResult',
    ]);
  });

  it('never hide for longer than SQS allows, nor for less than 0 s', async () => {
    mock.on(ChangeMessageVisibilityBatchCommand).callsFake(confirmAll);
    const [first, second] = messages(2).map((message, index) => ({
      message,
      seconds: index === 0 ? 1e9 : -5,
    }));
    await hideMessages(
      queue,
      [first, second].flatMap((one) => one ?? []),
    );
    const [call] = mock.commandCalls(ChangeMessageVisibilityBatchCommand);
    const timeouts = call?.args[0].input.Entries?.map((one) => one.VisibilityTimeout);
    expect(timeouts).toEqual([MAX_HIDE_SECONDS, 0]);
    expect(MAX_HIDE_SECONDS).toBeLessThan(12 * 3600);
  });
});
