import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createCaller } from '../../../../functions/salesforce-apicall/salesforce/client.ts';
import { Sessions } from '../../../../functions/salesforce-apicall/salesforce/session.ts';
import { createTransport } from '../../../../functions/salesforce-apicall/salesforce/transport.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections();
});

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
  readonly port: number | undefined;
}

/** A server that notes what arrives and answers as configured. */
async function serve(respond: RequestListener = (_request, response) => response.end('{}')) {
  const seen: Seen[] = [];
  const sockets: Socket[] = [];
  const server = createServer(async (incoming, response) => {
    let body = '';
    for await (const chunk of incoming) body += chunk;
    const { authorization } = incoming.headers;
    const { method, socket, url } = incoming;
    seen.push({ method, url, authorization, body, port: socket.remotePort });
    respond(incoming, response);
  });
  server.on('connection', (socket: Socket) => sockets.push(socket));
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, seen, sockets, server };
}

const get = { method: 'GET', timeoutMs: 5_000 };

describe('the transport', () => {
  it('keeps its socket for the next request', async () => {
    const { seen, url } = await serve();
    const send = createTransport();
    await send({ ...get, url });
    await send({ ...get, url });
    expect(seen).toHaveLength(2);
    expect(seen[0]?.port).toBe(seen[1]?.port);
  });

  it('stops reading a body at 6 MB, and says so', async () => {
    const piece = 'x'.repeat(1_000_000);
    let written = 0;
    const { url } = await serve((_request, response) => {
      const write = (): void => {
        while (!response.destroyed && written < 100 && response.write(piece)) written += 1;
      };
      response.on('drain', write);
      write();
    });
    const error = await createTransport()({ ...get, url }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ status: 200, cause: { name: 'BodyTooLargeError' } });
    expect(written).toBeLessThan(100);
  });

  it('gives a socket up that nobody used for two seconds', async () => {
    const { sockets, url } = await serve();
    await createTransport()({ ...get, url });
    const idleSince = performance.now();
    const [socket] = sockets;
    if (socket && !socket.destroyed) await once(socket, 'close');
    expect(performance.now() - idleSince).toBeLessThan(2_900);
  });

  it('waits for an answer that takes longer than that', async () => {
    const { url } = await serve((_request, response) => {
      setTimeout(() => response.end('late'), 2_300);
    });
    expect(await createTransport()({ ...get, url })).toMatchObject({ body: 'late' });
  });

  it.each(['GET', 'POST', 'PATCH', 'PUT', 'DELETE'])(
    'frames the body of %s, so that the next request on its socket is read as it is',
    async (method) => {
      const { seen, url } = await serve();
      const send = createTransport();
      await send({ url, method, body: '{"é":1}', timeoutMs: 5_000 });
      await send({ url: `${url}/next`, method: 'POST', body: '2', timeoutMs: 5_000 });
      expect(seen).toMatchObject([
        { method, body: '{"é":1}' },
        { method: 'POST', url: '/next', body: '2' },
      ]);
    },
  );

  it.each([
    ['a connection that is refused', false, 'ECONNREFUSED'],
    ['a connection that is cut', true, 'ECONNRESET'],
    ['an answer that ends early', true, 'ECONNRESET'],
    ['an answer that does not come', true, 'ETIMEDOUT'],
  ])('tells of %s whether the request was sent: %s', async (what, sent, errorCode) => {
    const { server, url } = await serve((incoming, response) => {
      if (what.endsWith('does not come')) return;
      if (what.endsWith('early')) {
        response.writeHead(201, { 'content-length': '100' });
        response.write('{"id":', () => incoming.socket.destroy());
      } else incoming.socket.resetAndDestroy();
    });
    if (!sent) {
      server.close();
      await once(server, 'close');
    }
    const request = { url, method: 'POST', body: '{}', timeoutMs: 300 };
    await expect(createTransport()(request)).rejects.toMatchObject({ sent, errorCode });
  });

  it('tells of an unknown host that nothing was sent', async () => {
    const request = { ...get, url: 'http://salesforce.invalid' };
    await expect(createTransport()(request)).rejects.toMatchObject({ sent: false });
  });
});

describe('a call', () => {
  const call = { method: 'GET', path: '/services/data/v68.0/query', headers: {} } as const;

  it('takes its token to no other host, whatever the answer says', async () => {
    const other = await serve();
    const org = await serve((_request, response) => {
      response.writeHead(307, { location: `${other.url}/services` }).end();
    });
    const sessions = new Sessions(async () => ({ accessToken: 't', instanceUrl: org.url }));
    const answer = await createCaller({ sessions, send: createTransport() })(call, 5_000);
    expect(answer.status).toBe(307);
    expect(org.seen).toMatchObject([{ authorization: 'Bearer t' }]);
    expect(other.seen).toEqual([]);
  });

  it('is made once more, with the new token and host, after a 401', async () => {
    const next = await serve();
    const org = await serve((_request, response) => response.writeHead(401).end('[]'));
    const sessionOf = [
      { accessToken: 'old', instanceUrl: org.url },
      { accessToken: 'new', instanceUrl: next.url },
    ];
    const sessions = new Sessions(async () => sessionOf.shift() ?? Promise.reject(new Error()));
    const answer = await createCaller({ sessions, send: createTransport() })(call, 5_000);
    expect(answer.status).toBe(200);
    expect([...org.seen, ...next.seen]).toMatchObject([
      { authorization: 'Bearer old' },
      { authorization: 'Bearer new' },
    ]);
  });

  it.each([
    ['by a connection that ends', 201],
    ['by a connection that ends', 400],
    ['by its time', 200],
  ])('whose answer is cut off %s has the status that came: %i', async (how, status) => {
    const org = await serve((incoming, response) => {
      response.writeHead(status, { 'content-length': '100' });
      response.write('{"id":', () => (how.endsWith('time') ? 0 : incoming.socket.destroy()));
    });
    const sessions = new Sessions(async () => ({ accessToken: 't', instanceUrl: org.url }));
    const caller = createCaller({ sessions, send: createTransport() });
    expect(await caller(call, 700)).toMatchObject({ status, unreadable: 'cut off', body: '' });
  });

  it('whose login is cut off is not made', async () => {
    const token = await serve((incoming, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"access', () => incoming.socket.destroy());
    });
    const send = createTransport();
    const sessions = new Sessions(async () => {
      await send({ ...get, url: token.url });
      return { accessToken: 't', instanceUrl: token.url };
    });
    await expect(createCaller({ sessions, send })(call, 700)).rejects.toMatchObject({
      name: 'TransportError',
      sent: false,
      status: undefined,
    });
  });

  it('that jsforce refuses to prepare ends instead of waiting for an answer', async () => {
    const sessions = new Sessions(async () => ({ accessToken: 't', instanceUrl: 'http://x' }));
    const send = () => {
      throw new Error('not prepared');
    };
    const caller = createCaller({ sessions, send });
    await expect(caller(call, 5_000)).rejects.toThrow('not prepared');
  });
});
