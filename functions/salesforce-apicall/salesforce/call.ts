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
}

interface CallerOptions {
  readonly sessions: Sessions;
  readonly send: Send;
}

const parseBody = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
};

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

/** A function that makes one call, with one new login after a 401. A second 401 is the call's answer. */
export function createCaller({ sessions, send }: CallerOptions) {
  return async (call: Call, timeoutMs: number): Promise<Answer> => {
    const session = await sessions.get();
    const first = await request(session, call, send, timeoutMs);
    const response =
      first.statusCode === 401
        ? await request(await sessions.refresh(session), call, send, timeoutMs)
        : first;
    return {
      status: response.statusCode,
      headers: response.headers,
      body: parseBody(response.body),
    };
  };
}

export type Caller = ReturnType<typeof createCaller>;
