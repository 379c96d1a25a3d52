import { Connection } from 'jsforce';
import jwt from 'jsonwebtoken';
import { log } from '../../functions/common/logger.ts';
import { CircuitBreaker } from '../../functions/salesforce-apicall/circuit-breaker/circuit-breaker.ts';
import { RecordLimits } from '../../functions/salesforce-apicall/coalesce/plan.ts';
import { Execution } from '../../functions/salesforce-apicall/execute.ts';
import { createProcess, resultsOf } from '../../functions/salesforce-apicall/process.ts';
import { toIncomingRequest } from '../../functions/salesforce-apicall/request/parse.ts';
import { createCaller } from '../../functions/salesforce-apicall/salesforce/client.ts';
import { parseCredentials } from '../../functions/salesforce-apicall/salesforce/credentials.ts';
import { login } from '../../functions/salesforce-apicall/salesforce/login.ts';
import { Sessions } from '../../functions/salesforce-apicall/salesforce/session.ts';
import { createTransport } from '../../functions/salesforce-apicall/salesforce/transport.ts';
import { type OrgCredentials, salesforceSecretOf } from '../../local/stack/simulator.ts';

export interface Request {
  readonly action: 'POST' | 'PATCH' | 'DELETE';
  readonly resource: 'sobjects';
  readonly object: string;
  readonly record?: string;
  readonly payload?: Readonly<Record<string, string>>;
}

export interface Made {
  readonly isDone: boolean;
  readonly id: string;
}

/** Makes requests. Returns one result per request, in order. */
type Make = (requests: readonly Request[]) => Promise<Made[]>;

const everything = { resources: undefined, objects: undefined, actions: undefined };

const TIMEOUT_MS = 10_000;

/** A circuit breaker that was never opened. */
const closed = {
  read: async () => undefined,
  write: async () => undefined,
  claimProbe: async () => true,
};

/** apicall without its queue and its idempotency table. */
export async function ourClient(url: string, org: OrgCredentials): Promise<Make> {
  const send = createTransport();
  const secret = parseCredentials(salesforceSecretOf(url, org), 'jwt');
  const logIn = () =>
    login(secret, { flow: 'jwt', audience: undefined, send, timeoutMs: TIMEOUT_MS });
  const execution = {
    callSalesforce: createCaller({ sessions: new Sessions(logIn), send }),
    recordLimits: new RecordLimits(200),
    callSizes: new WeakMap(),
    apiVersion: 'v68.0',
    callTimeoutMs: TIMEOUT_MS,
    onResponse: () => undefined,
  };
  const processRequests = createProcess({
    readBreaker: () => CircuitBreaker.read({ state: closed, log, now: Date.now }),
    startExecution: (remainingMs, breaker) => new Execution(execution, remainingMs, breaker),
    guard: async () => ({ kind: 'permitted', close: async () => undefined }),
    rules: { allowed: everything, eventIdFields: new Map() },
    deferSeconds: () => undefined,
  });
  return async (requests) => {
    const incoming = requests.map((request, index) =>
      toIncomingRequest(request, { id: `message-${index}`, source: 'bench' }),
    );
    const results = await resultsOf(processRequests, incoming, () => 60_000);
    return results.map((result) => {
      const outcome = 'outcome' in result ? result.outcome : undefined;
      const body = outcome?.kind === 'success' ? Object(outcome.body) : {};
      return { isDone: outcome?.kind === 'success', id: String(body.id ?? '') };
    });
  };
}

/** jsforce as it comes, one call after another. */
export async function stockClient(url: string, org: OrgCredentials): Promise<Make> {
  const connection = new Connection({
    oauth2: { loginUrl: url, clientId: org.clientId },
    version: '68.0',
  });
  const exp = Math.floor(Date.now() / 1_000) + 180;
  const claims = { iss: org.clientId, sub: org.username, aud: url, exp };
  await connection.authorize({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: jwt.sign(claims, org.privateKey, { algorithm: 'RS256' }),
  });
  const makeOne = async ({ action, object, record, payload }: Request): Promise<Made> => {
    const answer = await connection.request({
      method: action,
      url: `/sobjects/${object}${record === undefined ? '' : `/${record}`}`,
      ...(payload === undefined ? {} : { body: JSON.stringify(payload) }),
      headers: { 'content-type': 'application/json' },
    });
    return { isDone: true, id: String(Object(answer).id ?? '') };
  };
  return async (requests) => {
    const made: Made[] = [];
    for (const request of requests) made.push(await makeOne(request));
    return made;
  };
}
