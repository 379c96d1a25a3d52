import { PassThrough } from 'node:stream';
import { Connection } from 'jsforce/lib/connection.js';
import { TransportError } from '../errors.ts';
import type { Session } from './login.ts';
import type { Sessions } from './session.ts';
import { CUT_OFF, type HttpResponse, type ReadBody, readBody, type Send } from './transport.ts';

/** One REST call, below the instance's host. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE' | 'HEAD';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
}

/** Salesforce's answer. */
export interface Answer extends ReadBody {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Makes one call. `timeoutMs` is for all of it, a new login included. */
export type CallSalesforce = (call: Call, timeoutMs: number) => Promise<Answer>;

interface CallerOptions {
  readonly sessions: Sessions;
  readonly send: Send;
}

/** The session has ended, or the org has moved to another host: a new login brings a new token and the org's host. */
const NEEDS_LOGIN = new Set([401, 420]);

/**
 * jsforce builds the request (authorization, call options, body size) and passes it to our transport. Its retries are
 * off and its token refresh is not configured: both would repeat calls without asking the idempotency guard.
 */
async function request(
  session: Session,
  call: Call,
  send: Send,
  timeoutMs: number,
): Promise<HttpResponse> {
  const { promise: answered, resolve, reject } = Promise.withResolvers<HttpResponse>();
  const transport = {
    httpRequest: (prepared: Omit<Parameters<Send>[0], 'timeoutMs'>) => {
      const sent = send({ ...prepared, timeoutMs });
      sent.then(resolve, reject);
      return Object.assign(sent, { stream: () => new PassThrough() });
    },
  };
  const connection = new Connection(session);
  const url = session.instanceUrl + call.path;
  const { method, headers, body } = call;
  const done = connection.request(
    { method, url, headers: { ...headers }, ...(body === undefined ? {} : { body }) },
    { transport, retry: { maxRetries: 0 } },
  );
  // jsforce rejects on every status from 400 on, but by then the answer has come, which says more. This is for what it
  // rejects with before it has sent anything.
  done.then(undefined, reject);
  return answered;
}

/** The status of an answer that was cut off is known, and may be all that is needed. */
function toCutOff(error: unknown): Answer {
  if (!(error instanceof TransportError) || error.status === undefined) throw error;
  return { status: error.status, headers: {}, body: '', unreadable: CUT_OFF };
}

const toAnswer = ({ statusCode, headers, body }: HttpResponse): Answer => ({
  status: statusCode,
  headers,
  ...readBody(body, headers['content-type']),
});

/** A request gets at least this much time, however little is left: with less it could only fail. */
const LEAST_MS = 500;

/**
 * Logs in once more after a 401 or 420; a second one is the call's answer. A login that is still in flight when the time
 * is up has a timeout of its own.
 */
export function createCaller({ sessions, send }: CallerOptions): CallSalesforce {
  return async (call, timeoutMs) => {
    const endsAt = Date.now() + timeoutMs;
    const attempt = (session: Session): Promise<Answer> =>
      request(session, call, send, Math.max(LEAST_MS, endsAt - Date.now())).then(
        toAnswer,
        toCutOff,
      );
    const session = await sessions.get();
    const first = await attempt(session);
    if (!NEEDS_LOGIN.has(first.status)) return first;
    return attempt(await sessions.refresh(session));
  };
}
