import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../functions/salesforce-apicall/outcome/classify.ts';
import {
  apiCallQueue,
  type DeadLetter,
  failureAttribute,
} from '../../../functions/salesforce-apicall/outcome/queue.ts';
import { sqsRecord } from './kit.ts';

const failure: Failure = {
  kind: 'failure',
  class: 'retry-later',
  status: 403,
  errorCode: 'REQUEST_LIMIT_EXCEEDED',
  message: 'TotalRequests Limit exceeded.',
  errors: [],
};

const redrive = JSON.stringify({ count: 1, firstAt: '2026-11-24T11:00:00.000Z' });

const letter = (change: Partial<DeadLetter> = {}): DeadLetter => ({
  record: sqsRecord('{"action" : "POST"}', {
    messageId: 'm',
    sentAt: Date.UTC(2026, 10, 24, 12),
    messageAttributes: {
      Redrive: { dataType: 'String', stringValue: redrive },
      Failure: { dataType: 'String', stringValue: 'of an earlier time' },
    },
  }),
  failure,
  attempts: 5,
  notBefore: new Date(Date.UTC(2026, 10, 24, 13)),
  correlation: { processedid: 'event-1' },
  ...change,
});

function scene() {
  const client = new SQSClient({ region: 'us-east-1' });
  const mock = mockClient(client);
  const queue = apiCallQueue({ queueUrl: 'https://queue', dlqUrl: 'https://dlq' }, client);
  return { mock, queue };
}

describe('a dead letter', () => {
  it('is the message that failed, byte for byte, with its attributes and what went wrong', async () => {
    const { mock, queue } = scene();
    await queue.deadLetter(letter());
    const [sent] = mock.commandCalls(SendMessageCommand).map(({ args }) => args[0].input);
    expect(sent).toMatchObject({
      QueueUrl: 'https://dlq',
      MessageBody: '{"action" : "POST"}',
      MessageAttributes: { Redrive: { DataType: 'String', StringValue: redrive } },
    });
    expect(JSON.parse(sent?.MessageAttributes?.['Failure']?.StringValue ?? '')).toEqual({
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
    const text = failureAttribute(letter({ failure: { ...failure, message } }));
    expect(text.length).toBeLessThan(10_000);
    expect(text).toMatch(/^\P{Cc}*$/u);
  });

  it('that SQS does not take is an error', async () => {
    const { mock, queue } = scene();
    mock.on(SendMessageCommand).rejects(new Error('away'));
    await expect(queue.deadLetter(letter())).rejects.toThrow('away');
  });
});

describe('a delay', () => {
  it('hides the very delivery that failed', async () => {
    const { mock, queue } = scene();
    await queue.delay(sqsRecord({}, { messageId: 'm' }), 17);
    const calls = mock.commandCalls(ChangeMessageVisibilityCommand);
    expect(calls.map(({ args }) => args[0].input)).toEqual([
      { QueueUrl: 'https://queue', ReceiptHandle: 'receipt-m', VisibilityTimeout: 17 },
    ]);
  });
});
