import { Agent, type IncomingMessage, request } from 'node:http';
import type { LambdaFunctionURLEvent } from 'aws-lambda';

export interface Answered {
  /** 0: the connection was closed without an answer. */
  readonly status: number;
  readonly ms: number;
}

const TIMEOUT_MS = 15_000;

const encode = (text: string): string => encodeURIComponent(text.toWellFormed());

/** Removes the bytes that an HTTP header cannot contain; the others are sent as UTF-8. */
const headerValue = (value: string): string =>
  Buffer.from(value.toWellFormed())
    .toString('latin1')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
    .replaceAll(/[\x00-\x08\x0a-\x1f\x7f]/g, '');

/** A function's event can name any text as its method; over HTTP it must be a word. */
const methodOf = (method: string): string => {
  const word = method.replaceAll(/[^A-Za-z]/g, '').toUpperCase();
  return word === '' || word === 'POST' || word === 'CONNECT' ? 'PUT' : word;
};

/** Set by the client itself, so that the message is well framed. */
const OWN = new Set(['host', 'content-length', 'transfer-encoding', 'connection', 'expect']);

const headersOf = ({ headers }: LambdaFunctionURLEvent): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value = '']) =>
      OWN.has(name.toLowerCase()) ? [] : [[name, headerValue(value)]],
    ),
  );

function bodyOf({ body = '', isBase64Encoded }: LambdaFunctionURLEvent): Buffer {
  return Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
}

/** A signed query is encoded already; any other text could not be sent. */
const queryOf = ({ rawQueryString }: LambdaFunctionURLEvent): string => {
  if (rawQueryString === '') return '';
  return /^[\w%&=.~-]+$/.test(rawQueryString) ? `?${rawQueryString}` : `?${encode(rawQueryString)}`;
};

const drain = (response: IncomingMessage): Promise<void> =>
  new Promise((resolve) => {
    response.on('close', resolve).on('error', () => resolve());
    response.resume();
  });

/** A client that sends the HTTP request of which a function URL would make a given event. */
export function createWire(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const { host, hostname, pathname, port } = new URL(url);

  const send = (event: LambdaFunctionURLEvent): Promise<Answered> => {
    const body = bodyOf(event);
    const { method } = event.requestContext.http;
    const startedAt = performance.now();
    const answered = (status: number): Answered => ({
      status,
      ms: performance.now() - startedAt,
    });
    return new Promise((resolve) => {
      const outgoing = request({
        agent,
        hostname,
        port,
        method: method === 'POST' ? method : methodOf(method),
        path: `${pathname}${encode(event.rawPath.slice(1))}${queryOf(event)}`,
        headers: { ...headersOf(event), host, 'content-length': body.length },
        timeout: TIMEOUT_MS,
      });
      outgoing.on('response', async (response) => {
        await drain(response);
        resolve(answered(response.statusCode ?? 0));
      });
      outgoing.on('timeout', () => outgoing.destroy());
      outgoing.on('error', () => resolve(answered(0)));
      outgoing.end(body);
    });
  };

  return { send, close: () => agent.destroy() };
}
