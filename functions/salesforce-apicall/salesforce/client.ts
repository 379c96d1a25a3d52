import { PassThrough } from 'node:stream';
import { Connection } from 'jsforce/lib/connection.js';
import { BodyTooLargeError, TransportError } from '../errors.ts';
import type { Session } from './login.ts';
import type { Sessions } from './session.ts';
import {
  CUT_OFF,
  type HttpResponse,
  type ReadBody,
  readBody,
  type Send,
  TOO_LARGE,
} from './transport.ts';

/** One REST call, below the instance's host. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE' | 'HEAD';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
}

/** A response from Salesforce. */
export interface ApiResponse extends ReadBody {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Makes one call, which `timeoutMs` limits. A login that it has to wait for has a timeout of its own and can delay the end
 * beyond `timeoutMs`, as can the second attempt after a late 401, which gets at least 500 ms.
 */
export type CallSalesforce = (call: Call, timeoutMs: number) => Promise<ApiResponse>;

interface CallerOptions {
  readonly sessions: Sessions;
  readonly send: Send;
}

/** The session has ended, or the org has moved to another host: a new login brings a new token and the org's host. */
const NEEDS_LOGIN = new Set([401, 420]);

/**
 * jsforce builds the request (authorization, call options, body size) and passes it to our transport. Its retries are
 * off and its token refresh is not configured: both would repeat calls without the idempotency guard.
 */
async function request(
  session: Session,
  call: Call,
  send: Send,
  timeoutMs: number,
): Promise<HttpResponse> {
  const { promise: received, resolve, reject } = Promise.withResolvers<HttpResponse>();
  const transport = {
    httpRequest: (prepared: Omit<Parameters<Send>[0], 'timeoutMs'>) => {
      const sent = send({ ...prepared, timeoutMs });
      sent.then(resolve, reject);
      // jsforce would parse the body as well, and hold the result.
      const seen = sent.then((response) => ({ ...response, body: '' }));
      return Object.assign(seen, { stream: () => new PassThrough() });
    },
  };
  const connection = new Connection(session);
  const url = session.instanceUrl + call.path;
  const { method, headers, body } = call;
  const done = connection.request(
    { method, url, headers: { ...headers }, ...(body === undefined ? {} : { body }) },
    { transport, retry: { maxRetries: 0 } },
  );
  // jsforce rejects every status from 400 on, but by then `received` has the complete response. This is for errors that occur
  // before it sends anything.
  done.then(undefined, reject);
  return received;
}

/** The status of a response that was cut off, or is too large, is known, and may be sufficient. */
function withoutBody(error: unknown): ApiResponse {
  if (!(error instanceof TransportError) || error.status === undefined) throw error;
  const unreadable = error.cause instanceof BodyTooLargeError ? TOO_LARGE : CUT_OFF;
  return { status: error.status, headers: {}, body: '', unreadable };
}

const toResponse = ({ statusCode, headers, body }: HttpResponse): ApiResponse => ({
  status: statusCode,
  headers,
  ...readBody(body, headers['content-type']),
});

/**
 * A login makes no call. Whether its own request was sent says nothing about that of the call, which certainly wasn't, or was
 * answered with a 401.
 */
function asNotSent(error: unknown): never {
  if (!(error instanceof TransportError)) throw error;
  throw new TransportError(error.errorCode, false, { cause: error });
}

/** The least time for an attempt: with less, it could only fail. */
const LEAST_MS = 500;

/**
 * Logs in and repeats the call once after a 401 or 420. A second one is the call's response.
 */
export function createCaller({ sessions, send }: CallerOptions): CallSalesforce {
  return async (call, timeoutMs) => {
    const endsAt = Date.now() + timeoutMs;
    const attempt = (session: Session): Promise<ApiResponse> =>
      request(session, call, send, Math.max(LEAST_MS, endsAt - Date.now())).then(
        toResponse,
        withoutBody,
      );
    const session = await sessions.get().catch(asNotSent);
    const first = await attempt(session);
    if (!NEEDS_LOGIN.has(first.status)) return first;
    return attempt(await sessions.refresh(session).catch(asNotSent));
  };
}
