import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GetEventSourceMappingCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { queues } from './queues.ts';

const message = (
  MessageId: string,
  Body: string,
  attributes: Record<string, string> = {},
  sentAt = Date.now(),
) => ({
  MessageId,
  ReceiptHandle: MessageId,
  Body,
  Attributes: { SentTimestamp: String(sentAt), ApproximateReceiveCount: '1' },
  MessageAttributes: Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [
      name,
      { DataType: 'String', StringValue },
    ]),
  ),
});
const correlation = { messageId: 'first' };
const failure = { class: 'retry-soon', errorCode: 'UNABLE_TO_LOCK_ROW', attempts: 5, correlation };
const Failure = JSON.stringify(failure);
const fourteenDaysAgo = Date.now() - 14 * 86_400_000;
const notBefore = new Date(Date.now() + 3_600_000).toISOString();
const rule = {
  RULE_ARN: 'arn:aws:events:us-east-1:000000000000:rule/stack/stack-platform-event',
  TARGET_ARN: 'arn:aws:events:us-east-1:000000000000:api-destination/one/1',
  ERROR_CODE: 'SDK_CLIENT_ERROR',
  ERROR_MESSAGE: 'The request failed with status code 503.',
  RETRY_ATTEMPTS: '185',
  EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
};
const event = { source: 'test', 'detail-type': 'test', detail: {}, id: '1', resources: [] };

const sqs = queues();
const receive = (url: string, ...messages: object[]) =>
  sqs
    .on(ReceiveMessageCommand, { QueueUrl: url })
    .resolvesOnce(Object({ Messages: messages }))
    .resolves({});
receive(
  process.env['API_CALL_DLQ_URL'] ?? '',
  message('retry', '{"action":"GET","resource":"limits"}', { Failure }),
  message('later', '{"action":"GET","resource":"limits"}', {
    Failure: JSON.stringify({ ...failure, notBefore }),
  }),
  message('expiring', '{"action":"GET","resource":"limits"}', { Failure }, fourteenDaysAgo),
);
receive(
  process.env['RULE_DLQ_URL'] ?? '',
  message('unknown', 'no envelope'),
  message('rule', JSON.stringify(event), rule),
);
const entry = {
  EventBusName: 'bus',
  Source: 'github.com',
  DetailType: 'issues',
  Detail: '{}',
  Resources: [],
  Time: new Date().toISOString(),
};
receive(
  process.env['SPILL_QUEUE_URL'] ?? '',
  message('spilled', JSON.stringify(entry), {
    Failure: JSON.stringify({ class: 'publish-failed', errorCode: 'InternalFailure' }),
  }),
  message('by-hand', 'no envelope'),
);

const events = mockClient(EventBridgeClient);
events.resolves({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] });
// The redrive rule cannot be looked up: this message can be neither redriven nor parked.
events.on(DescribeRuleCommand).rejects(new Error('away'));
mockClient(S3Client).resolves({});

/** apicall is paused, paused no more, and paused while Lambda is away: in each, its poller is to be switched. */
const pausedUntil = (ms: number) => {
  const pause = { since: { N: String(Date.now()) }, until: { N: String(Date.now() + ms) } };
  return { Item: { pause: { M: pause } } };
};
mockClient(DynamoDBClient)
  .resolves({})
  .on(GetItemCommand)
  .resolvesOnce(pausedUntil(60_000))
  .resolvesOnce(pausedUntil(-1))
  .resolvesOnce(pausedUntil(60_000));
mockClient(LambdaClient)
  .resolves({})
  .on(GetEventSourceMappingCommand)
  .resolvesOnce({ State: 'Enabled' })
  .resolvesOnce({ State: 'Disabled' })
  .rejects(new Error('away'));

const { handler } = await import('../../../functions/dlq-reprocessor/index.ts');
const context = Object({ getRemainingTimeInMillis: () => 120_000 });
await handler({ action: 'redrive', queue: 'all' }, context);
for (let run = 0; run < 3; run += 1) await handler({ unattended: true }, context);
