import { isJsonObject, type JsonObject } from '../../functions/common/json.ts';
import {
  type ApiResponse,
  type Call,
  createCaller,
} from '../../functions/salesforce-apicall/salesforce/client.ts';
import type { Credentials } from '../../functions/salesforce-apicall/salesforce/credentials.ts';
import { login } from '../../functions/salesforce-apicall/salesforce/login.ts';
import { Sessions } from '../../functions/salesforce-apicall/salesforce/session.ts';
import type { Send } from '../../functions/salesforce-apicall/salesforce/transport.ts';
import type { Settings } from './settings.ts';
import { StepError } from './steps.ts';

const LOGIN_TIMEOUT_MS = 10_000;
const CALL_TIMEOUT_MS = 20_000;

/** An org with a session, called with the function's own client. Paths are below the instance's host. */
export interface Org {
  readonly instanceUrl: string;
  /** @throws RefusedError unless the status is 2xx. */
  readonly get: (path: string) => Promise<unknown>;
  /** @throws RefusedError unless the status is 2xx. */
  readonly send: (method: 'POST' | 'PATCH', path: string, body: JsonObject) => Promise<unknown>;
  /** The latest `Sforce-Limit-Info` header, or an empty text. */
  readonly limitInfo: () => string;
}

/** Salesforce's answer is not a success. */
export class RefusedError extends StepError {
  /** Salesforce's code, or `ERROR_HTTP_` and the status. */
  readonly errorCode: string;
  /** Salesforce's message; empty without one. */
  readonly reason: string;

  constructor({ body, status }: ApiResponse, remedyOf?: (message: string) => string | undefined) {
    const { errorCode, message } = fieldsOf(Array.isArray(body) ? body[0] : body);
    const text =
      typeof errorCode === 'string'
        ? `Salesforce returned ${errorCode} (HTTP ${status}): ${message}`
        : `The response is ERROR_HTTP_${status}, without Salesforce's JSON`;
    super(text, remedyOf?.(text));
    this.errorCode = typeof errorCode === 'string' ? errorCode : `ERROR_HTTP_${status}`;
    this.reason = typeof message === 'string' ? message : '';
  }
}

/** The value's fields; none when it is not a JSON object. */
export const fieldsOf = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

interface OrgOptions {
  readonly instanceUrl: string;
  readonly sessions: Sessions;
  readonly send: Send;
  /** Remedies for refused calls, before those that are known for every login. */
  readonly remedyOf?: (message: string) => string | undefined;
}

export function createOrg({ instanceUrl, sessions, send, remedyOf }: OrgOptions): Org {
  const call = createCaller({ sessions, send });
  let limitInfo = '';
  const request = async (made: Omit<Call, 'headers'>): Promise<unknown> => {
    const headers: Record<string, string> =
      made.body === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await call({ ...made, headers }, CALL_TIMEOUT_MS);
    limitInfo = answer.headers['sforce-limit-info'] ?? limitInfo;
    if (answer.status < 200 || answer.status >= 300) throw new RefusedError(answer, remedyOf);
    return answer.body;
  };
  return {
    instanceUrl,
    get: (path) => request({ method: 'GET', path }),
    send: (method, path, body) => request({ method, path, body: JSON.stringify(body) }),
    limitInfo: () => limitInfo,
  };
}

/** @throws LoginError when Salesforce rejects the login, TransportError when it does not answer. */
export async function logIn(
  credentials: Credentials,
  { flow, audience }: Settings,
  send: Send,
): Promise<Org> {
  const options = { flow, audience, send, timeoutMs: LOGIN_TIMEOUT_MS };
  const sessions = new Sessions(() => login(credentials, options));
  const { instanceUrl } = await sessions.get();
  return createOrg({ instanceUrl, sessions, send });
}
