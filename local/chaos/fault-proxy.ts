import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import getPort from 'get-port';

/** A call of an AWS API as the proxy sees it. */
export interface ApiCall {
  /** `AWSEvents.PutEvents`, `AmazonSQS.SendMessage`, or method and path where an API has no target header. */
  readonly operation: string;
  readonly body: string;
}

/** What the proxy does instead of, or after, handing a call on to the engine. */
export type Fault =
  | { readonly kind: 'answer'; readonly status: number; readonly body: object }
  | { readonly kind: 'reset-before' | 'reset-after' | 'hang' };

type ChooseFault = (call: ApiCall) => Fault | undefined;

/** Changes a call on its way: answers the body that is handed on. */
export type Rewrite = (call: ApiCall) => string;

const HOP_BY_HOP = new Set(['connection', 'host', 'content-length', 'transfer-encoding', 'expect']);

async function forward(
  endpoint: string,
  request: IncomingMessage,
  body: string | Buffer<ArrayBuffer>,
) {
  const headers = Object.entries(request.headersDistinct).flatMap(([name, values = []]) =>
    HOP_BY_HOP.has(name) ? [] : values.map((value): [string, string] => [name, value]),
  );
  const method = request.method ?? 'GET';
  const init = { method, headers, ...(body.length > 0 ? { body } : {}) };
  const answer = await fetch(`${endpoint}${request.url}`, init);
  return { answer, text: Buffer.from(await answer.arrayBuffer()) };
}

const toCall = (request: IncomingMessage, body: Buffer): ApiCall => ({
  operation: String(request.headers['x-amz-target'] ?? `${request.method} ${request.url}`),
  body: body.toString(),
});

/** Stands between a function and the engine: keeps every call that passes, and plays the services that fail. */
export async function startFaultProxy(endpoint: string, rewrite?: Rewrite) {
  const port = await getPort({ host: '127.0.0.1' });
  const calls: ApiCall[] = [];
  let choose: ChooseFault = () => undefined;

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = Buffer.from(await buffer(request));
    const call = toCall(request, body);
    calls.push(call);
    const fault = choose(call);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'reset-before') return void request.socket.destroy();
    if (fault?.kind === 'answer') {
      response.writeHead(fault.status, { 'content-type': 'application/x-amz-json-1.1' });
      return void response.end(JSON.stringify(fault.body));
    }
    const { answer, text } = await forward(endpoint, request, rewrite?.(call) ?? body);
    if (fault?.kind === 'reset-after') return void request.socket.destroy();
    const headers = [...answer.headers].filter(([name]) => !HOP_BY_HOP.has(name));
    response.writeHead(answer.status, Object.fromEntries(headers));
    response.end(text);
  };

  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    fail: (chooseFault: ChooseFault): void => {
      choose = chooseFault;
    },
    heal: (): void => {
      choose = () => undefined;
    },
    stop: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type FaultProxy = Awaited<ReturnType<typeof startFaultProxy>>;
