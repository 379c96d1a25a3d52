import { once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createTransport } from '../../../../functions/salesforce-apicall/salesforce/transport.ts';

describe('the transport', () => {
  it.each([
    ['never finishes', () => undefined, 'ETIMEDOUT'],
    ['resets', (socket: Socket) => socket.resetAndDestroy(), 'ECONNRESET'],
    ['closes', (socket: Socket) => socket.end(), 'ECONNRESET'],
    [
      'answers with something else than',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK'),
      'EPROTO',
    ],
  ])('tells that nothing was sent to a host that %s TLS', async (_what, connected, errorCode) => {
    const sockets: Socket[] = [];
    const server = createTcpServer((socket) => {
      sockets.push(socket.on('error', () => undefined));
      connected(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const request = {
      url: `https://127.0.0.1:${port}`,
      method: 'POST',
      body: '{}',
      timeoutMs: 300,
    };
    await expect(createTransport()(request)).rejects.toMatchObject({
      sent: false,
      errorCode: expect.stringMatching(new RegExp(`${errorCode}|^ERR_SSL`)),
    });
    for (const socket of sockets) socket.destroy();
    server.close();
  });
});
