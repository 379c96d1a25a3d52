import { createServer } from 'node:http';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it, vi } from 'vitest';
import { awsClientConfig } from '../../../functions/common/aws.ts';

describe('awsClientConfig', () => {
  it('has no warning for the queue of an engine with another name of this machine', async () => {
    const server = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = Object(server.address());
    const warn = vi.spyOn(console, 'warn');
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
    const client = new SQSClient({
      ...awsClientConfig,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const QueueUrl = `http://localhost:${port}/000000000000/queue`;
    await client.send(new GetQueueAttributesCommand({ QueueUrl }));
    expect(warn).not.toHaveBeenCalled();
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  });

  it('times out if an endpoint never responds', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = Object(server.address());
    const client = new EventBridgeClient({
      ...awsClientConfig,
      requestHandler: { ...awsClientConfig.requestHandler, requestTimeout: 100 },
      maxAttempts: 1,
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    await expect(client.send(new PutEventsCommand({ Entries: [] }))).rejects.toThrow(
      /timed? ?out/i,
    );
    server.closeAllConnections();
    server.close();
  });
});
