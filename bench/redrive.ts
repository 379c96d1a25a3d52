import { join } from 'node:path';
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type Home, withHome } from './build.ts';
import { type AwsStub, figuresOf, startAws } from './children.ts';
import { functionEnvironment } from './environment.ts';
import { exactly } from './harness.ts';
import { fillQueue, stubSqs } from './queue.ts';
import type { Bench } from './report.ts';

const OURS = 'dlq-reprocessor';
const MESSAGES = 1_000;

const notes = [
  'Redrive: requests to SQS, counted there. One by one means without batches: receive a message, send it, delete it, with the AWS SDK on the same queue.',
];

async function oneByOne(sqs: SQSClient, from: string, to: string): Promise<void> {
  for (let moved = 0; moved < MESSAGES; moved += 1) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: from }));
    const [{ Body, ReceiptHandle } = {}] = Messages;
    await sqs.send(new SendMessageCommand({ QueueUrl: to, MessageBody: Body }));
    await sqs.send(new DeleteMessageCommand({ QueueUrl: from, ReceiptHandle }));
  }
}

async function callsOf(aws: AwsStub, work: () => Promise<unknown>): Promise<number> {
  await aws.calls();
  await work();
  const calls = Object.entries(await aws.calls());
  return calls.reduce((sum, [name, count]) => sum + (name.startsWith('AmazonSQS.') ? count : 0), 0);
}

async function count({ buildFunctionWithLayer }: Home, aws: AwsStub) {
  const { folder } = await buildFunctionWithLayer('dlq-reprocessor');
  const env = functionEnvironment('dlq-reprocessor', aws.url);
  const sqs = stubSqs(aws.url);
  const from = `${aws.url}/dead`;
  await fillQueue(sqs, from, MESSAGES);
  const peer = await callsOf(aws, () => oneByOne(sqs, from, `${aws.url}/calls`));
  await fillQueue(sqs, from, MESSAGES);
  const args = [join(folder, 'load.mjs'), 'redrive', '0', String(MESSAGES)];
  const ours = await callsOf(aws, () => figuresOf({ program: process.execPath, args, env }));
  return { peer, ours };
}

/** Requests to SQS per redriven message. */
export const benchRedrive = (): Promise<Bench> =>
  withHome(async (home) => {
    const aws = await startAws('');
    try {
      const { peer, ours } = await count(home, aws);
      const section = {
        title: `SQS calls for each of ${MESSAGES.toLocaleString('en')} redriven messages`,
        unit: 'calls',
        results: [exactly('one by one', peer / MESSAGES), exactly(OURS, ours / MESSAGES)],
        goal: { name: OURS, atMost: 0.35 },
      };
      return { sections: [section], notes };
    } finally {
      aws.stop();
    }
  });
