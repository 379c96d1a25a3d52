import { isJsonObject, type JsonObject } from '../../../functions/common/json.ts';
import {
  type ApiResponse,
  createCaller,
} from '../../../functions/salesforce-apicall/salesforce/client.ts';
import type { Credentials } from '../../../functions/salesforce-apicall/salesforce/credentials.ts';
import { login } from '../../../functions/salesforce-apicall/salesforce/login.ts';
import { Sessions } from '../../../functions/salesforce-apicall/salesforce/session.ts';
import type { Send } from '../../../functions/salesforce-apicall/salesforce/transport.ts';
import type { Settings } from '../settings.ts';
import { CheckError } from './steps.ts';

const LOGIN_TIMEOUT_MS = 10_000;
const CALL_TIMEOUT_MS = 20_000;

/** An org with a session, called with the function's own client. */
export interface Org {
  readonly instanceUrl: string;
  /** @throws CheckError with Salesforce's error code and message unless the status is 2xx. */
  readonly get: (path: string) => Promise<unknown>;
  /** The latest `Sforce-Limit-Info` header, or an empty text. */
  readonly limitInfo: () => string;
}

/** The value's fields; none when it is not a JSON object. */
export const fieldsOf = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

function requireSuccess({ body, status }: ApiResponse): void {
  if (status >= 200 && status < 300) return;
  const { errorCode, message } = fieldsOf(Array.isArray(body) ? body[0] : body);
  if (typeof errorCode !== 'string')
    throw new CheckError(`The response is ERROR_HTTP_${status}, without Salesforce's JSON`);
  throw new CheckError(`Salesforce returned ${errorCode} (HTTP ${status}): ${message}`);
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
  const call = createCaller({ sessions, send });
  let limitInfo = '';
  const get = async (path: string): Promise<unknown> => {
    const answer = await call({ method: 'GET', path, headers: {} }, CALL_TIMEOUT_MS);
    limitInfo = answer.headers['sforce-limit-info'] ?? limitInfo;
    requireSuccess(answer);
    return answer.body;
  };
  return { instanceUrl, get, limitInfo: () => limitInfo };
}
