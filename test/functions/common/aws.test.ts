import { createServer } from 'node:http';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { awsClientConfig } from '../../../functions/common/aws.ts';

describe('awsClientConfig', () => {
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
