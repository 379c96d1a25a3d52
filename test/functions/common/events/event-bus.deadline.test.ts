import { createServer, type Server } from 'node:http';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import getPort from 'get-port';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsClientConfig } from '../../../../functions/common/aws.ts';
import { createEventBus } from '../../../../functions/common/events/event-bus.ts';

const entry = {
  EventBusName: 'bus',
  Source: 's',
  DetailType: 't',
  Detail: '{}',
  Resources: [],
  Time: new Date(),
};

describe('an event bus that accepts connections and never responds', () => {
  const sockets = new Set<{ destroy: () => void }>();
  let server: Server;
  let endpoint = '';

  beforeAll(async () => {
    const port = await getPort({ host: '127.0.0.1' });
    server = createServer(() => undefined).on('connection', (socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${port}`;
  });

  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('times out early enough to leave time for the spill queue', async () => {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const region = 'us-east-1';
    const client = new EventBridgeClient({ ...awsClientConfig, endpoint, region, credentials });
    const deadline = Date.now() + 4_000;
    const remainingMs = (): number => deadline - Date.now();
    expect(await createEventBus({ client })([entry], remainingMs)).toEqual([
      { errorCode: 'Timeout' },
    ]);
    expect(remainingMs()).toBeGreaterThan(2_000);
  });
});
