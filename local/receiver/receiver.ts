import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** A request as received. */
interface ReceivedRequest {
  readonly method: string;
  /** With the query string, not decoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** Sets the status of responses to requests below `path`; by default 200. `0`: no response, ever. */
  readonly answer: (path: string, status: number) => void;
  readonly close: () => Promise<void>;
}

interface ReceiverOptions {
  /** 0: any free port. */
  readonly port?: number;
  readonly onRequest?: (request: ReceivedRequest, status: number) => void;
}

/** Issues a token to every OAuth client. The token never expires. */
const TOKEN_PATH = '/oauth/token';
const TOKEN = JSON.stringify({ access_token: 'local-token', token_type: 'Bearer' });

async function toReceivedRequest(request: IncomingMessage): Promise<ReceivedRequest> {
  const { headers, method = '', url: path = '' } = request;
  return { method, path, headers, body: await text(request) };
}

function respond(response: ServerResponse, { path }: ReceivedRequest, status: number): void {
  if (status === 0) return;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(path === TOKEN_PATH ? TOKEN : '{}');
}

/** Stands in for any HTTP API on 127.0.0.1: accepts and records every request. */
export async function startReceiver({
  port = 0,
  onRequest,
}: ReceiverOptions = {}): Promise<Receiver> {
  const requests: ReceivedRequest[] = [];
  const statuses = new Map<string, number>();
  const statusOf = ({ path }: ReceivedRequest): number =>
    [...statuses].find(([prefix]) => path.startsWith(prefix))?.[1] ?? 200;

  const server = createServer(async (request, response) => {
    const received = await toReceivedRequest(request);
    const status = statusOf(received);
    requests.push(received);
    respond(response, received, status);
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
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
