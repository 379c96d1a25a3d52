import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { toMessageAttributes } from '../../../../functions/common/message-attributes.ts';
import { sendMessages } from '../../../../functions/dlq-reprocessor/redrive/redrive.ts';
import type { OutgoingMessage } from '../../../../functions/dlq-reprocessor/redrive/route.ts';
import { config } from '../harness.ts';

const sqs = new SQSClient({ region: 'us-east-1' });
const mock = mockClient(sqs);
const send = (messages: readonly OutgoingMessage[]) =>
  sendMessages(messages, { clients: { sqs }, config, remainingMs: () => 60_000 });
beforeEach(() => mock.reset());

interface BatchInput {
  readonly Entries?: readonly { readonly Id?: string | undefined }[] | undefined;
}
const confirmAll = ({ Entries = [] }: BatchInput) => ({
  Successful: Entries.map(({ Id }) => ({ Id })),
});
const messages = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    body: `${index}`,
    attributes: toMessageAttributes({ a: '1' }),
  }));

const named = (name: string): Error => Object.assign(new Error(name), { name });

describe('batches of messages', () => {
  it('send bodies and attributes unchanged, and no trace header', async () => {
    mock.on(SendMessageBatchCommand).callsFake(confirmAll);
    const bytes = { DataType: 'Binary', BinaryValue: Buffer.from([1, 2, 255]) };
    const attributes = { ...toMessageAttributes({ Redrive: '{}' }), bytes };
    const body = '{ "n": 1.0 }';
    await send([{ body, attributes }]);
    const [call] = mock.commandCalls(SendMessageBatchCommand);
    expect(call?.args[0].input.Entries).toEqual([
      {
        Id: '0',
        MessageBody: body,
        MessageAttributes: {
          Redrive: { DataType: 'String', StringValue: '{}' },
          bytes,
        },
      },
    ]);
  });

  it('take three calls for 25 messages, and return a result for each', async () => {
    mock.on(SendMessageBatchCommand).callsFake(({ Entries }) => ({
      Successful: Entries.slice(1),
      Failed: [{ Id: '0', Code: 'InternalError' }],
    }));
    const results = await send(messages(25));
    expect(mock.commandCalls(SendMessageBatchCommand)).toHaveLength(3);
    const refused = results.flatMap((one, index) => ('errorCode' in one ? [index] : []));
    expect(refused).toEqual([0, 10, 20]);
  });

  it('are sent one by one when one message makes SQS reject all', async () => {
    mock.on(SendMessageBatchCommand).callsFake((input) => {
      const isRejected = input.Entries.some(({ MessageBody }: { MessageBody: string }) =>
        MessageBody.startsWith('7'),
      );
      if (isRejected) throw named('InvalidMessageContents');
      return confirmAll(input);
    });
    const results = await send(messages(15));
    expect(results.map((one) => ('errorCode' in one ? one.errorCode : undefined))).toEqual([
      ...Array(7).fill(undefined),
      'InvalidMessageContents',
      ...Array(7).fill(undefined),
    ]);
  });

  it('are not sent one by one while SQS is unavailable', async () => {
    mock.on(SendMessageBatchCommand).rejects(named('TimeoutError'));
    const results = await send(messages(10));
    expect(mock.commandCalls(SendMessageBatchCommand)).toHaveLength(1);
    expect(results).toEqual(Array(10).fill({ errorCode: 'TimeoutError' }));
  });
});
