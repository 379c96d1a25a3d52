import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { sqsLimits, toBatches } from '../../../../functions/common/aws.ts';
import { sendInBatches } from '../../../../functions/dlq-reprocessor/queue/batch.ts';
import { messageBytes } from '../../../../functions/dlq-reprocessor/queue/message.ts';
import {
  deadLetterQueue,
  MAX_HIDE_SECONDS,
} from '../../../../functions/dlq-reprocessor/queue/queue.ts';
import { sendToQueue } from '../../../../functions/dlq-reprocessor/queue/send.ts';
import { letterOf } from '../kit.ts';

const client = new SQSClient({ region: 'us-east-1' });
const mock = mockClient(client);
const queue = deadLetterQueue('https://sqs/dlq', client);
const send = sendToQueue('https://sqs/requests', client);
beforeEach(() => mock.reset());

interface BatchInput {
  readonly Entries?: readonly { readonly Id?: string | undefined }[] | undefined;
}
const allWell = ({ Entries = [] }: BatchInput) => ({
  Successful: Entries.map(({ Id }) => ({ Id })),
});
const letters = (count: number) =>
  Array.from({ length: count }, (_, index) => letterOf('{}', {}, { receiptHandle: `r${index}` }));
const messages = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    body: `${index}`,
    attributes: { a: '1' },
    typed: {},
  }));

const named = (name: string): Error => Object.assign(new Error(name), { name });

describe('receiving', () => {
  it('hides for as long as it says, unfolds attributes and keeps those that are no text', async () => {
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
    expect(await queue.receive(50, 60)).toEqual([
      {
        messageId: 'm',
        receiptHandle: 'r',
        body: 'b',
        attributes: { Failure: '{"class":"c"}', a9: '9' },
        typed: {
          weight: { dataType: 'Number', text: '12' },
          bytes: { dataType: 'Binary', base64: 'AQL/' },
        },
        sentAt: new Date('2026-11-24T12:06:06Z'),
      },
    ]);
    const [call] = mock.commandCalls(ReceiveMessageCommand);
    expect(call?.args[0].input).toMatchObject({ MaxNumberOfMessages: 10, VisibilityTimeout: 60 });
  });

  it('counts what is left', async () => {
    const Attributes = {
      ApproximateNumberOfMessages: '3',
      ApproximateNumberOfMessagesNotVisible: '2',
      ApproximateNumberOfMessagesDelayed: '1',
    };
    mock.on(GetQueueAttributesCommand).resolves({ Attributes });
    expect(await queue.left()).toEqual({ visible: 3, hidden: 2, delayed: 1 });
  });
});

describe('batches', () => {
  it('delete and hide ten at a time, and believe only what SQS confirms', async () => {
    mock.on(DeleteMessageBatchCommand).callsFake(({ Entries }) => ({
      Successful: Entries.slice(2),
      Failed: [{ Id: '0', Code: 'InternalError' }],
    }));
    const results = await queue.remove(letters(12));
    expect(mock.commandCalls(DeleteMessageBatchCommand)).toHaveLength(2);
    expect(results.map((one) => one?.errorCode)).toEqual([
      'InternalError',
      'MissingResult',
      ...Array(8).fill(undefined),
      'InternalError',
      'MissingResult',
    ]);
  });

  it('never hide for longer than SQS allows, nor for less than nothing', async () => {
    mock.on(ChangeMessageVisibilityBatchCommand).callsFake(allWell);
    const [first, second] = letters(2).map((letter, index) => ({
      letter,
      seconds: index === 0 ? 1e9 : -5,
    }));
    await queue.hide([first, second].flatMap((one) => one ?? []));
    const [call] = mock.commandCalls(ChangeMessageVisibilityBatchCommand);
    const timeouts = call?.args[0].input.Entries?.map((one) => one.VisibilityTimeout);
    expect(timeouts).toEqual([MAX_HIDE_SECONDS, 0]);
    expect(MAX_HIDE_SECONDS).toBeLessThan(12 * 3600);
  });

  it('send bodies and attributes as they are, and no trace header', async () => {
    mock.on(SendMessageBatchCommand).callsFake(allWell);
    const typed = { bytes: { dataType: 'Binary', base64: 'AQL/' } };
    const body = '{ "n": 1.0 }';
    await send([{ body, attributes: { Redrive: '{}' }, typed }], () => 60_000);
    const [call] = mock.commandCalls(SendMessageBatchCommand);
    expect(call?.args[0].input.Entries).toEqual([
      {
        Id: '0',
        MessageBody: body,
        MessageAttributes: {
          Redrive: { DataType: 'String', StringValue: '{}' },
          bytes: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2, 255]) },
        },
      },
    ]);
  });

  it('of 25 messages take three calls, and each message its own result', async () => {
    mock.on(SendMessageBatchCommand).callsFake(({ Entries }) => ({
      Successful: Entries.slice(1),
      Failed: [{ Id: '0', Code: 'InternalError' }],
    }));
    const results = await send(messages(25), () => 60_000);
    expect(mock.commandCalls(SendMessageBatchCommand)).toHaveLength(3);
    const refused = results.flatMap((one, index) => (one ? [index] : []));
    expect(refused).toEqual([0, 10, 20]);
  });

  it('that one message spoils are sent one by one', async () => {
    mock.on(SendMessageBatchCommand).callsFake((input) => {
      const isSpoilt = input.Entries.some(({ MessageBody }: { MessageBody: string }) =>
        MessageBody.startsWith('7'),
      );
      if (isSpoilt) throw named('InvalidMessageContents');
      return allWell(input);
    });
    const results = await send(messages(15), () => 60_000);
    expect(results.map((one) => one?.errorCode)).toEqual([
      ...Array(7).fill(undefined),
      'InvalidMessageContents',
      ...Array(7).fill(undefined),
    ]);
  });

  it('are not sent again one by one while SQS is away', async () => {
    mock.on(SendMessageBatchCommand).rejects(named('TimeoutError'));
    const results = await send(messages(10), () => 60_000);
    expect(mock.commandCalls(SendMessageBatchCommand)).toHaveLength(1);
    expect(results).toEqual(Array(10).fill({ errorCode: 'TimeoutError' }));
  });

  it('keep order and limits for any sizes', async () => {
    const sizes = fc.array(fc.nat(1_200_000), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(sizes, async (given) => {
        const batches = toBatches(given, (size) => size, sqsLimits);
        expect(batches.flat()).toEqual(given);
        for (const batch of batches.filter(({ length }) => length > 1)) {
          expect(batch.length).toBeLessThanOrEqual(10);
          expect(batch.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(1_048_576);
        }
        const results = await sendInBatches(
          given,
          (size) => size,
          sqsLimits,
          async (batch) => batch.map((size) => (size % 2 ? { errorCode: `${size}` } : undefined)),
        );
        expect(results).toEqual(
          given.map((size) => (size % 2 ? { errorCode: `${size}` } : undefined)),
        );
      }),
    );
  });
});

describe('the size of a message', () => {
  it('counts names, types and values of all attributes', () => {
    const typed = { b: { dataType: 'Binary', base64: 'AQL/' } };
    expect(messageBytes({ body: 'ä', attributes: { a: '12' }, typed })).toBe(
      2 + (1 + 6 + 2) + (1 + 6 + 3),
    );
  });
});
