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
  createReceive,
  deleteMessages,
  hideMessages,
  MAX_HIDE_SECONDS,
  receiveMessages,
  rememberMoved,
} from '../../../../functions/dlq-reprocessor/queue/queue.ts';
import { messageOf } from '../harness.ts';
import { MemoryQueue, memorySqs } from '../memory-sqs.ts';

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

function fill(count: number, body = '{}') {
  const messages = Array.from({ length: count }, () => messageOf(body));
  const memory = new MemoryQueue(messages, Date.now);
  const { client } = memorySqs({ q: memory });
  return { memory, receive: createReceive({ client, url: 'q' }, 120) };
}

describe('receiving a page', () => {
  it('makes more receives while the queue fills them, and fewer when it no longer does', async () => {
    const { receive } = fill(95);
    const pages: number[] = [];
    for (let index = 0; index < 6; index += 1) pages.push((await receive(50)).length);
    expect(pages).toEqual([10, 20, 40, 25, 0, 0]);
  });

  it('makes one receive where bodies are large', async () => {
    const { receive } = fill(30, 'x'.repeat(1_000_000));
    expect(await receive(50)).toHaveLength(10);
    expect(await receive(50)).toHaveLength(10);
  });

  it('returns the messages of the other receives when one fails, and rejects when all do', async () => {
    const { memory, receive } = fill(100);
    let calls = 0;
    memory.onReceive = () => {
      calls += 1;
      if (calls === 2 || calls > 3) throw new Error('unavailable');
      return undefined;
    };
    expect(await receive(50)).toHaveLength(10);
    expect(await receive(50)).toHaveLength(10);
    await expect(receive(50)).rejects.toThrow('unavailable');
  });
});

describe('the ids that a process has moved', () => {
  it('are remembered, up to a bound', () => {
    const movedIds = new Set<string>();
    for (let index = 0; index <= 10_000; index += 1) rememberMoved(movedIds, `m${index}`);
    const has = (messageId: string) => movedIds.has(messageId);
    expect([has('m0'), has('m1'), has('m10000')]).toEqual([false, true, true]);
  });
});
