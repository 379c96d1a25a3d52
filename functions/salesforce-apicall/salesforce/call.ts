import { PassThrough } from 'node:stream';
import { Connection } from 'jsforce/lib/connection.js';
import type { Session } from './login.ts';
import type { Sessions } from './session.ts';
import type { HttpResponse, Send } from './transport.ts';

/** One REST call, below the instance's host. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE' | 'HEAD';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
}

/** Salesforce's answer: `body` parsed where it is JSON, its text otherwise. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Set where the body is called JSON and is none. */
  readonly isUnreadable?: true;
}

interface CallerOptions {
  readonly sessions: Sessions;
  readonly send: Send;
}

function toAnswer({ statusCode: status, headers, body }: HttpResponse): Answer {
  try {
    return { status, headers, body: JSON.parse(body) };
  } catch {
    const isJson = /\bjson\b/i.test(headers['content-type'] ?? '') && body.trim() !== '';
    return { status, headers, body, ...(isJson ? { isUnreadable: true } : {}) };
  }
}

/** A session that has ended, or a host that the org has left: a new login brings a new token and the org's host. */
const NEEDS_LOGIN = new Set([401, 420]);

/**
 * jsforce makes the request (authorization, call options, body size) and hands it to our transport; its retries are
 * off and its token refresh is not configured, because both would repeat calls without asking the once-only guard.
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
  // jsforce rejects on every status from 400 on: by then the answer, which says more, has come. What it rejects with
  // before it has sent anything ends the call.
  done.then(undefined, reject);
  return answered;
}

/** However little is left of the time, a request gets this much: with less it could only fail. */
const LEAST_MS = 500;

/**
 * A function that makes one call, with one new login after a 401 or 420. A second one is the call's answer. `timeoutMs` is for
 * all of it; a login that is still going on at its end has a timeout of its own.
 */
export function createCaller({ sessions, send }: CallerOptions) {
  return async (call: Call, timeoutMs: number): Promise<Answer> => {
    const endsAt = Date.now() + timeoutMs;
    const attempt = (session: Session): Promise<HttpResponse> =>
      request(session, call, send, Math.max(LEAST_MS, endsAt - Date.now()));
    const session = await sessions.get();
    const first = await attempt(session);
    if (!NEEDS_LOGIN.has(first.statusCode)) return toAnswer(first);
    return toAnswer(await attempt(await sessions.refresh(session)));
  };
}

export type Caller = ReturnType<typeof createCaller>;
