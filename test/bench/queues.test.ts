import { expect, it } from 'vitest';
import { createQueues } from '../../bench/aws/queues.ts';

const QueueUrl = 'http://127.0.0.1/queue';

it('createQueues returns each message once, and counts the remaining ones', () => {
  const queues = createQueues();
  const left = () =>
    queues['AmazonSQS.GetQueueAttributes']({ QueueUrl }).Attributes.ApproximateNumberOfMessages;
  const Entries = ['a', 'b', 'c'].map((Id) => ({ Id, MessageBody: `body ${Id}` }));
  expect(queues['AmazonSQS.SendMessageBatch']({ QueueUrl, Entries }).Successful).toHaveLength(3);
  expect(left()).toBe('3');
  const receive = (MaxNumberOfMessages: number) =>
    queues['AmazonSQS.ReceiveMessage']({ QueueUrl, MaxNumberOfMessages }).Messages;
  expect(receive(2).map(({ Body }) => Body)).toEqual(['body a', 'body b']);
  expect(receive(10).map(({ Body }) => Body)).toEqual(['body c']);
  expect(receive(10)).toEqual([]);
  expect(left()).toBe('0');
});
