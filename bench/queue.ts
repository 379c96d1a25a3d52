import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';

const BATCH = 10;

/** @param url of the stand-in for AWS. */
export const stubSqs = (url: string): SQSClient =>
  new SQSClient({
    region: 'us-east-1',
    endpoint: url,
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  });

/** Puts dead letters into a queue: requests of which nobody knows why they failed, so that each is redriven. */
export async function fillQueue(sqs: SQSClient, QueueUrl: string, letters: number): Promise<void> {
  const request = { action: 'POST', resource: 'sobjects', object: 'Contact' };
  for (let sent = 0; sent < letters; sent += BATCH) {
    const Entries = Array.from({ length: BATCH }, (_, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify({ ...request, payload: { LastName: `Letter ${sent + index}` } }),
    }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
}
