import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import getPort from 'get-port';
import type { AwsCall, AwsFault } from './aws-faults.ts';

type ChooseFault = (call: AwsCall) => AwsFault | undefined;

/** Changes a call before it is forwarded. @returns the body to forward. */
export type Rewrite = (call: AwsCall) => string;

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

const toCall = (request: IncomingMessage, body: Buffer): AwsCall => ({
  operation: String(request.headers['x-amz-target'] ?? `${request.method} ${request.url}`),
  body: body.toString(),
});

/** `PutEvents` of `AWSEvents.PutEvents`; the method of an API without operations in its headers. */
const shortName = (operation: string): string =>
  /\.(\w+)$/.exec(operation)?.[1] ?? operation.split(' ', 1)[0] ?? operation;

/** Which fault each call gets: injected ones first, then those of the plan. */
function createFaultList() {
  let injected: { readonly choose: ChooseFault; left: number }[] = [];
  let plan: ChooseFault = () => undefined;
  const played = new Map<string, number>();

  const choose = (call: AwsCall): AwsFault | undefined => {
    for (const one of injected) {
      const fault = one.left > 0 ? one.choose(call) : undefined;
      if (fault === undefined) continue;
      one.left -= 1;
      return fault;
    }
    return plan(call);
  };

  return {
    take: (call: AwsCall): AwsFault | undefined => {
      const fault = choose(call);
      if (fault === undefined) return undefined;
      const name = `${shortName(call.operation)}: ${fault.name}`;
      played.set(name, (played.get(name) ?? 0) + 1);
      return fault;
    },
    /** Fails the next `times` calls for which `choose` answers a fault. */
    inject: (choose: ChooseFault, times = Number.POSITIVE_INFINITY): void => {
      injected.push({ choose, left: times });
    },
    /** Fails calls as planned, beside what is injected. */
    follow: (choose: ChooseFault): void => {
      plan = choose;
    },
    /** Ends all faults. */
    heal: (): void => {
      injected = [];
      plan = () => undefined;
    },
    /** How often each fault was played, by operation and fault. */
    played: (): ReadonlyMap<string, number> => played,
  };
}

/** A proxy between functions and the AWS engine: records the calls that pass, and plays the faults of AWS' services. */
export async function startAwsProxy(endpoint: string, rewrite?: Rewrite) {
  const port = await getPort({ host: '127.0.0.1' });
  const calls: AwsCall[] = [];
  const { take, ...faults } = createFaultList();

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = Buffer.from(await buffer(request));
    const call = toCall(request, body);
    calls.push(call);
    const fault = take(call);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'reset-before') return void request.socket.destroy();
    if (fault?.kind === 'answer') {
      response.writeHead(fault.status, { 'content-type': 'application/x-amz-json-1.1' });
      return void response.end(JSON.stringify(fault.body(call)));
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
    ...faults,
    url: `http://127.0.0.1:${port}`,
    calls,
    stop: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type AwsProxy = Awaited<ReturnType<typeof startAwsProxy>>;
