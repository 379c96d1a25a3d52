import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { parseExact } from '#common/json.ts';
import { BodyTooLargeError, TransportError } from '../errors.ts';

/** Used instead of a media type: the connection ended before the body was complete. */
export const CUT_OFF = 'cut off';

/**
 * The bytes of the largest body that is read: as many as Lambda returns to a direct caller ("Lambda quotas"). An invocation
 * holds those of five calls at most (execute.ts): their texts, once more as replies, and one of them parsed fit into the
 * function's memory (docs/adr/0042-settled-per-call.md).
 */
export const MAX_BODY_BYTES = 6_000_000;

/** Used instead of a media type: the body has more than `MAX_BODY_BYTES`. */
export const TOO_LARGE = 'too large';

/** A response's body, parsed as far as possible. */
export interface ReadBody {
  /** Parsed JSON, its numbers with all their digits; text otherwise. */
  readonly body: unknown;
  /** The media type of a body that is not empty, JSON or text, `CUT_OFF`, or `TOO_LARGE`: a reply cannot contain it. */
  readonly unreadable?: string;
}

/** Types of Apex REST responses and event log files. HTML comes from a gateway, whatever its status. */
const isText = (type: string): boolean =>
  (type.startsWith('text/') && type !== 'text/html') || type.endsWith('xml');

export function readBody(text: string, contentType = ''): ReadBody {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase().slice(0, 100) ?? '';
  try {
    return { body: text === '' ? '' : parseExact(text) };
  } catch {
    return isText(type) ? { body: text } : { body: text, unreadable: type || 'none' };
  }
}

interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
}

export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends one request and resolves to its response. Redirects are not followed, so a token never reaches another host. */
export type Send = (request: HttpRequest) => Promise<HttpResponse>;

/** A socket that is idle for longer may be closed by the other side just as a request is sent on it. */
const MAX_IDLE_MS = 2_000;

const transportCodeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'UNKNOWN';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'ETIMEDOUT';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
};

async function readResponse(message: IncomingMessage): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    bytes += chunk.length;
    // Ends the connection: the rest is not received.
    if (bytes > MAX_BODY_BYTES) throw new BodyTooLargeError();
    chunks.push(chunk);
  }
  const headers = Object.entries(message.headers).map(([name, value]) => [
    name,
    String(value ?? ''),
  ]);
  return {
    statusCode: message.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

/**
 * Node's HTTP client with keep-alive: the built-in `fetch` takes about 25 ms longer for its first request.
 *
 * @returns a function that rejects with a TransportError if no complete response came within `timeoutMs`, or one that is too
 *   large.
 */
export function createTransport(): Send {
  const options = { keepAlive: true, timeout: MAX_IDLE_MS };
  const agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) };

  return ({ method, url, headers = {}, body, timeoutMs }) => {
    const secure = url.startsWith('https:');
    const agent = agents[secure ? 'https:' : 'http:'];
    const signal = AbortSignal.timeout(timeoutMs);
    let status: number | undefined;
    let isSent = false;
    // Without a length, Node sends the body of some methods unframed, and it would become part of the socket's next request.
    const framed =
      body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) };
    return new Promise<HttpResponse>((resolve, reject) => {
      const send = secure ? httpsRequest : httpRequest;
      const outgoing = send(url, { method, headers: framed, agent, signal }, (message) => {
        status = message.statusCode;
        readResponse(message).then(resolve, reject);
      });
      outgoing.on('error', reject);
      // Nothing of a request is written before the connection, with TLS its handshake, is complete.
      outgoing.on('socket', (socket) => {
        if (outgoing.reusedSocket) isSent = true;
        else
          socket.once(secure ? 'secureConnect' : 'connect', () => {
            isSent = true;
          });
      });
      outgoing.end(body);
    }).catch((cause: unknown) => {
      throw new TransportError(transportCodeOf(cause), isSent, { cause, status });
    });
  };
}
