import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { awsClientConfig } from '../../functions/common/aws.ts';
import { sendMessages } from '../../functions/dlq-reprocessor/redrive/redrive.ts';
import { toRequeuedMessage } from '../../functions/salesforce-apicall/outcome/dead-letter.ts';
import { ApiCallQueue } from '../../functions/salesforce-apicall/outcome/queue.ts';
import { createEnqueue } from '../../functions/salesforce-apicall/request/enqueue.ts';
import { config } from './dlq-reprocessor/harness.ts';
import { memoryLog } from './harness.ts';
import { sqsRecord } from './salesforce-apicall/harness.ts';

/** Lambda stops a chain "approximately 16 times" ("Use Lambda recursive loop detection to prevent infinite loops"). */
const MAX_INVOCATIONS = 16;

/** A trace header as Lambda sets it. `Lineage` has the count of the functions' invocations in this chain last. */
const traceHeader = (invocations: number, root = '1-67891233-abcdef012345678912345678'): string =>
  `Root=${root};Parent=53995c3f42cd8ad8;Sampled=0;Lineage=1:4d5784b7:${invocations}`;

const invocationsIn = (header: string): number =>
  Number(/;Lineage=\d+:[0-9a-f]+:(\d+)$/.exec(header)?.[1]);

/** What SQS received: it stores the header as the message's AWSTraceHeader, unless the request sets that attribute itself. */
interface Received {
  readonly header: string;
  readonly body: string;
}

const received: Received[] = [];
const toResult = (body: string) => {
  const { Entries } = JSON.parse(body);
  const Successful = Entries?.map(({ Id }: { Id: string }) => ({ Id, MessageId: Id }));
  return Entries === undefined ? { MessageId: '1' } : { Successful };
};
const server = createServer(async (request: IncomingMessage, response) => {
  const body = await text(request);
  received.push({ header: String(request.headers['x-amzn-trace-id']), body });
  response.setHeader('content-type', 'application/x-amz-json-1.0');
  response.end(JSON.stringify(toResult(body)));
});

let sqs: SQSClient;
let queueUrl: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  queueUrl = `${endpoint}/000000000000/queue`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  sqs = new SQSClient({
    ...awsClientConfig,
    region: 'us-east-1',
    endpoint,
    credentials,
    md5: false,
  });
});
afterAll(() => {
  sqs.destroy();
  server.close();
});
afterEach(() => {
  received.length = 0;
  vi.unstubAllEnvs();
});

/** Runs a function's code as Lambda does, in a chain with this header. Returns the header that SQS gets. */
async function invoke(header: string, run: () => Promise<unknown>): Promise<string> {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'function');
  vi.stubEnv('_X_AMZN_TRACE_ID', header);
  await run();
  const last = received.at(-1);
  expect(last?.body).not.toContain('AWSTraceHeader');
  return last?.header ?? '';
}

const requeue = (header: string) => {
  const received = sqsRecord({}, { receiveCount: 8, sentAt: Date.now() });
  const record = { ...received, attributes: { ...received.attributes, AWSTraceHeader: header } };
  const urls = { queueUrl, dlqUrl: queueUrl };
  const queue = new ApiCallQueue(urls, sqs, (error) => {
    throw error;
  });
  return queue.requeue([toRequeuedMessage({ sqsRecord: record, delaySeconds: 1 })]);
};

describe('the trace header of a message, by which Lambda counts', () => {
  it('continues the chain when apicall requeues the message: Lambda would stop it without RecursiveLoop', async () => {
    let header = traceHeader(0);
    for (let hop = 0; hop < MAX_INVOCATIONS + 2; hop += 1) {
      const sent = await invoke(header, () => requeue(header));
      expect(sent).toBe(header);
      // Lambda counts the invocation that the message causes.
      header = traceHeader(invocationsIn(sent) + 1);
    }
    expect(invocationsIn(header)).toBeGreaterThan(MAX_INVOCATIONS);
  });

  it('continues the chain when apicall enqueues an event of a rule: one hop', async () => {
    const header = traceHeader(3);
    expect(
      await invoke(header, () => createEnqueue(queueUrl, sqs, memoryLog())({ detail: {} })),
    ).toBe(header);
  });

  it('begins a new chain at a redrive: the header is that of the scheduled run', async () => {
    const run = traceHeader(0, '1-aaaaaaaa-abcdef012345678912345678');
    const message = { body: '{}', attributes: {} };
    const clients = { sqs };
    const reprocessor = { ...config, apiCallQueueUrl: queueUrl };
    const sent = await invoke(run, () =>
      sendMessages([message], { clients, config: reprocessor, remainingMs: () => 60_000 }),
    );
    expect(sent).toBe(run);
  });
});
