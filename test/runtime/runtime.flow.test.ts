import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AwsStub, startAws } from '../../bench/children.ts';
import { functionEnvironment } from '../../bench/environment.ts';
import { startOrg } from '../../bench/org.ts';
import { providers } from '../../bench/providers.ts';
import { functionFolders } from '../../build/function-folders.ts';
import { root } from '../../local/stack/paths.ts';
import { handle, layOut } from './harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'lambda-'));
const org = await startOrg();
const stubs: AwsStub[] = [];

beforeAll(() => layOut(folder, Object.values(functionFolders)));
afterAll(async () => {
  for (const stub of stubs) stub.stop();
  await org.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The environment of a function whose secret has this value. */
async function environmentOf(functionName: string, secret: string) {
  const aws = await startAws(secret);
  stubs.push(aws);
  return { aws, environment: functionEnvironment(functionName, aws.url) };
}

const create = {
  action: 'POST',
  resource: 'sobjects',
  object: 'Contact',
  payload: { LastName: 'Runtime' },
};
const batch = {
  Records: [
    {
      messageId: '00000000-0000-0000-0000-000000000001',
      receiptHandle: 'receipt',
      body: JSON.stringify({ ...create, idempotencyKey: 'runtime' }),
      attributes: {
        ApproximateFirstReceiveTimestamp: String(Date.now()),
        ApproximateReceiveCount: '1',
        SentTimestamp: String(Date.now()),
      },
      messageAttributes: {},
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:calls',
      awsRegion: 'us-east-1',
    },
  ],
};

describe("AWS's runtime interface client", () => {
  it.each(providers)(
    'loads $functionName with the layer, and has it publish a webhook',
    async ({ functionName, sample, secret }) => {
      const { aws, environment } = await environmentOf(functionName, secret);
      const event = JSON.parse(readFileSync(join(root, sample), 'utf8'));
      const { kind, body } = await handle(folder, functionName, event, environment);
      expect([kind, body]).toEqual(['response', expect.objectContaining({ statusCode: 202 })]);
      expect(await aws.calls()).toMatchObject({ 'AWSEvents.PutEvents': 1 });
    },
  );

  it('loads salesforce-apicall with the layer, and has it call Salesforce', async () => {
    const { environment } = await environmentOf('salesforce-apicall', org.secret);
    const outcome = await handle(folder, 'salesforce-apicall', batch, environment);
    expect(outcome).toEqual({ kind: 'response', body: { batchItemFailures: [] } });
    expect(await org.calls()).toBeGreaterThan(0);
  });

  it('loads dlq-reprocessor with the layer, and has it read its queues', async () => {
    const { environment } = await environmentOf('dlq-reprocessor', '');
    const outcome = await handle(folder, 'dlq-reprocessor', { queue: 'apicall' }, environment);
    expect(outcome).toMatchObject({ kind: 'response', body: { queues: expect.anything() } });
  });

  it('fails without a file of the layer', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'lambda-'));
    cpSync(folder, copy, { recursive: true });
    rmSync(join(copy, 'opt/nodejs/node_modules/@aws-sdk/client-eventbridge/index.mjs'));
    const { environment } = await environmentOf('github-webhook', providers[0].secret);
    const { kind, body } = await handle(copy, 'github-webhook', {}, environment);
    rmSync(copy, { recursive: true });
    expect(kind).toBe('error');
    expect(JSON.stringify(body)).toContain('client-eventbridge');
  });
});
