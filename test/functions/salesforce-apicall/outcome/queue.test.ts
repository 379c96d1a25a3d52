import {
  ChangeMessageVisibilityBatchCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { attributesBytes } from '../../../../functions/common/message-attributes.ts';
import {
  type FailedMessage,
  toFailureMessage,
} from '../../../../functions/salesforce-apicall/outcome/dead-letter.ts';
import type { Failure } from '../../../../functions/salesforce-apicall/outcome/failure-class.ts';
import { ApiCallQueue } from '../../../../functions/salesforce-apicall/outcome/queue.ts';
import { sqsRecord } from '../harness.ts';

const failure: Failure = {
  kind: 'failure',
  class: 'retry-later',
  status: 403,
  errorCode: 'REQUEST_LIMIT_EXCEEDED',
  message: 'TotalRequests Limit exceeded.',
  errors: [],
};

const text = (stringValue: string) => ({ dataType: 'String' as const, stringValue });
const redrive = JSON.stringify({ count: 1, messageId: 'first' });

const failed = (change: Partial<FailedMessage> = {}): FailedMessage => ({
  sqsRecord: sqsRecord('{"action" : "POST"}', {
    messageId: 'm',
    sentAt: Date.UTC(2026, 10, 24, 12),
    messageAttributes: { Redrive: text(redrive), Failure: text('of an earlier time') },
  }),
  failure,
  attempts: 5,
  notBefore: new Date(Date.UTC(2026, 10, 24, 13)),
  correlation: { processedid: 'event-1' },
  ...change,
});

const failureIn = ({ attributes }: ReturnType<typeof toFailureMessage>) =>
  JSON.parse(attributes['Failure'] ?? '');

/** SQS as it answers batches: what `isRejected` selects is not confirmed. */
function scene(isRejected: (body: string) => boolean = () => false) {
  const client = new SQSClient({ region: 'us-east-1' });
  const mock = mockClient(client);
  mock.on(SendMessageBatchCommand).callsFake(({ Entries }) => ({
    Successful: Entries.filter((entry: { MessageBody: string }) => !isRejected(entry.MessageBody)),
  }));
  mock.on(ChangeMessageVisibilityBatchCommand).callsFake(({ Entries }) => ({
    Successful: Entries,
  }));
  const errors: unknown[] = [];
  const urls = { queueUrl: 'https://queue', dlqUrl: 'https://dlq' };
  const queue = new ApiCallQueue(urls, client, (error) => errors.push(error));
  const sent = () => mock.commandCalls(SendMessageBatchCommand).map(({ args }) => args[0].input);
  return { errors, mock, queue, sent };
}

describe('a dead-letter message', () => {
  it('is the message that failed, byte for byte, with its attributes and what went wrong', async () => {
    const { queue, sent } = scene();
    const made = toFailureMessage(failed());
    expect(await queue.deadLetter([made])).toEqual(new Set(['m']));
    expect(sent()).toMatchObject([
      {
        QueueUrl: 'https://dlq',
        Entries: [
          {
            MessageBody: '{"action" : "POST"}',
            MessageAttributes: { Redrive: { DataType: 'String', StringValue: redrive } },
          },
        ],
      },
    ]);
    expect(failureIn(made)).toEqual({
      class: 'retry-later',
      errorCode: 'REQUEST_LIMIT_EXCEEDED',
      message: 'TotalRequests Limit exceeded.',
      status: 403,
      attempts: 5,
      firstAt: '2026-11-24T12:00:00.000Z',
      lastAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      notBefore: '2026-11-24T13:00:00.000Z',
      correlation: { processedid: 'event-1' },
    });
  });

  it('keeps its explanation short, whatever Salesforce says', () => {
    const message = '\u0000😀'.repeat(10_000);
    const { attributes } = toFailureMessage(failed({ failure: { ...failure, message } }));
    expect(attributes['Failure']?.length).toBeLessThan(10_000);
    expect(attributes['Failure']).toMatch(/^\P{Cc}*$/u);
  });

  it('of a message with as many attributes as SQS takes has them all', () => {
    const names = Array.from({ length: 10 }, (_, index) => `A${index}`);
    const messageAttributes = Object.fromEntries(names.map((name) => [name, text(`of ${name}`)]));
    const { attributes } = toFailureMessage(
      failed({ sqsRecord: sqsRecord({}, { messageAttributes }) }),
    );
    expect(Object.keys(attributes)).toHaveLength(10);
    const { attributes: folded } = JSON.parse(attributes['Failure'] ?? '');
    for (const name of names) expect({ ...attributes, ...folded }[name]).toBe(`of ${name}`);
  });

  it('of a message of nearly 1 MiB fits all the same, its text cut', () => {
    const body = 'x'.repeat(1_048_576 - 700);
    const long = { ...failure, message: 'y'.repeat(1_500) };
    const made = toFailureMessage(failed({ sqsRecord: sqsRecord(body), failure: long }));
    expect(body.length + attributesBytes(made.attributes)).toBeLessThanOrEqual(1_048_576);
    expect(failureIn(made)).toMatchObject({ class: 'retry-later', attempts: 5 });
  });
});

describe('the queue', () => {
  const records = Array.from({ length: 25 }, (_, index) =>
    sqsRecord(`body ${index}`, { messageId: `m${index}` }),
  );

  it('hides the very deliveries that are to wait, ten at a time', async () => {
    const { mock, queue } = scene();
    const delays = records.map((record) => ({ sqsRecord: record, delaySeconds: 16.2 }));
    expect((await queue.delay(delays)).size).toBe(25);
    const calls = mock.commandCalls(ChangeMessageVisibilityBatchCommand);
    expect(calls.map(({ args }) => args[0].input.Entries?.length)).toEqual([10, 10, 5]);
    expect(calls[0]?.args[0].input.Entries?.[0]).toEqual({
      Id: '0',
      ReceiptHandle: 'receipt-m0',
      VisibilityTimeout: 17,
    });
  });

  it('says which messages SQS has confirmed, whatever it did with their neighbours', async () => {
    const { queue } = scene((body) => body === 'body 3');
    const confirmed = await queue.deadLetter(
      records.map((record) => ({ sqsRecord: record, attributes: {} })),
    );
    expect(confirmed.size).toBe(24);
    expect(confirmed.has('m3')).toBe(false);
  });

  it('confirms nothing of a batch that fails as a whole, and says why', async () => {
    const { errors, queue } = scene((body) => {
      if (body === 'body 3') throw new Error('away');
      return false;
    });
    const confirmed = await queue.deadLetter(
      records.map((record) => ({ sqsRecord: record, attributes: {} })),
    );
    expect(confirmed.size).toBe(15);
    expect(errors).toMatchObject([{ message: 'away' }]);
  });

  it('delays a requeued message for as long as SQS allows', async () => {
    const { queue, sent } = scene();
    const [record = sqsRecord({})] = records;
    await queue.requeue([
      { sqsRecord: record, attributes: { Redrive: redrive }, delaySeconds: 5_000 },
    ]);
    expect(sent()).toMatchObject([
      { QueueUrl: 'https://queue', Entries: [{ DelaySeconds: 900, MessageBody: 'body 0' }] },
    ]);
  });
});
