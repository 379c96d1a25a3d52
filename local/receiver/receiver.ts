import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** A request as it came. */
interface Received {
  readonly method: string;
  /** With its query, still encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly requests: readonly Received[];
  /** What requests below `path` are answered from now on; 200 until then. */
  readonly answer: (path: string, status: number) => void;
  readonly close: () => Promise<void>;
}

interface ReceiverOptions {
  /** 0 - any free port. */
  readonly port?: number;
  readonly onRequest?: (request: Received, status: number) => void;
}

/** Every OAuth client is given a token here; it never expires. */
const TOKEN_PATH = '/oauth/token';
const TOKEN = JSON.stringify({ access_token: 'local-token', token_type: 'Bearer' });

async function toReceived(request: IncomingMessage): Promise<Received> {
  const { headers, method = '', url: path = '' } = request;
  return { method, path, headers, body: await text(request) };
}

function reply(response: ServerResponse, { path }: Received, status: number): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(path === TOKEN_PATH ? TOKEN : '{}');
}

/** Stands for any HTTP API on 127.0.0.1: takes every request, and remembers it. */
export async function startReceiver({
  port = 0,
  onRequest,
}: ReceiverOptions = {}): Promise<Receiver> {
  const requests: Received[] = [];
  const statuses = new Map<string, number>();
  const statusOf = ({ path }: Received): number =>
    [...statuses].find(([prefix]) => path.startsWith(prefix))?.[1] ?? 200;

  const server = createServer(async (request, response) => {
    const received = await toReceived(request);
    const status = statusOf(received);
    requests.push(received);
    reply(response, received, status);
    onRequest?.(received, status);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const given = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${given ?? port}`,
    requests,
    answer: (path, status) => statuses.set(path, status),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
