import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';

const BATCH = 10;

/** @param url the address of the stub of AWS. */
export const stubSqs = (url: string): SQSClient =>
  new SQSClient({
    region: 'us-east-1',
    endpoint: url,
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  });

/** Fills a dead-letter queue with requests without a recorded failure, so that each is redriven. */
export async function fillQueue(sqs: SQSClient, QueueUrl: string, count: number): Promise<void> {
  const request = { action: 'POST', resource: 'sobjects', object: 'Contact' };
  for (let sent = 0; sent < count; sent += BATCH) {
    const Entries = Array.from({ length: BATCH }, (_, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify({ ...request, payload: { LastName: `Message ${sent + index}` } }),
    }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
}
