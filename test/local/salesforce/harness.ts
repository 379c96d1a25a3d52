import { afterAll, beforeAll } from 'vitest';
import type { SimulatorOptions } from '../../../local/salesforce/server.ts';
import { startSimulator } from '../../../local/salesforce/server.ts';
import { makeOrgCredentials } from '../../../local/stack/simulator.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON, or the text of another type. */
  readonly body: unknown;
}

export interface TestOrg {
  readonly url: string;
  readonly token: string;
  /** Sends a request below `/services/data/v68.0`, or to an absolute path, with the session's token. */
  readonly rest: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answer>;
  /** Sends a request below `/__sim/`. */
  readonly control: (method: string, path: string, body?: unknown) => Promise<Answer>;
  readonly query: (soql: string) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

const parsed = (text: string): unknown => {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
};

async function send(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  const { status, headers } = response;
  return { status, headers, body: parsed(await response.text()) };
}

const bodyOf = (body: unknown): RequestInit =>
  body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };

async function login(url: string, org: SimulatorOptions['org']): Promise<string> {
  const { clientId: client_id, clientSecret: client_secret } = org;
  const form = { grant_type: 'client_credentials', client_id, client_secret };
  const body = new URLSearchParams(form);
  const answer = await send(`${url}/services/oauth2/token`, { method: 'POST', body });
  return String(Object(answer.body).access_token);
}

/** Starts a simulator of its own and logs in. */
export async function startTestOrg(options: Partial<SimulatorOptions> = {}): Promise<TestOrg> {
  const credentials = options.org ?? makeOrgCredentials();
  const simulator = await startSimulator({ ...options, org: credentials });
  const { url, close } = simulator;
  const token = await login(url, credentials);
  const rest: TestOrg['rest'] = (method, path, body, headers = {}) =>
    send(url + (path.startsWith('/services/') ? path : `/services/data/v68.0${path}`), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...bodyOf(body),
    });
  return {
    url,
    token,
    rest,
    control: (method, path, body) =>
      send(`${url}/__sim/${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...bodyOf(body),
      }),
    query: (soql) => rest('GET', `/query?q=${encodeURIComponent(soql)}`),
    close,
  };
}

/** `startTestOrg` for a file of tests: the returned function gives the org of the run. */
export function useTestOrg(options: Partial<SimulatorOptions> = {}): () => TestOrg {
  let org: TestOrg | undefined;
  beforeAll(async () => {
    org = await startTestOrg(options);
  });
  afterAll(() => org?.close());
  return () => {
    if (org) return org;
    throw new Error('The simulator has not been started');
  };
}
