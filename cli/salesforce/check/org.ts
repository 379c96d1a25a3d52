import {
  type Answer,
  createCaller,
} from '../../../functions/salesforce-apicall/salesforce/client.ts';
import type { Credentials } from '../../../functions/salesforce-apicall/salesforce/credentials.ts';
import { login } from '../../../functions/salesforce-apicall/salesforce/login.ts';
import { Sessions } from '../../../functions/salesforce-apicall/salesforce/session.ts';
import type { Send } from '../../../functions/salesforce-apicall/salesforce/transport.ts';
import type { Settings } from '../settings.ts';
import { CheckError } from './result.ts';

const LOGIN_TIMEOUT_MS = 10_000;
const CALL_TIMEOUT_MS = 20_000;

/** A logged-in org, called in the product's own way. */
export interface Org {
  readonly instanceUrl: string;
  /** @throws CheckError in Salesforce's words for every answer that is not a success. */
  readonly get: (path: string) => Promise<Answer>;
  /** `Sforce-Limit-Info` of the latest answer that had one. */
  readonly limitInfo: () => string;
}

type Fields = Readonly<Record<string, unknown>>;

/** An object's fields; none where `value` is no object. */
export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? { ...value } : {};

function requireSuccess({ body, status }: Answer): void {
  if (status >= 200 && status < 300) return;
  const { errorCode, message } = fieldsOf(Array.isArray(body) ? body[0] : body);
  if (typeof errorCode !== 'string')
    throw new CheckError(`The answer is ERROR_HTTP_${status} and not Salesforce's JSON`);
  throw new CheckError(`Salesforce says ${errorCode} (HTTP ${status}): ${message}`);
}

/** @throws LoginError when Salesforce refuses, TransportError when it does not answer. */
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
  const get = async (path: string): Promise<Answer> => {
    const answer = await call({ method: 'GET', path, headers: {} }, CALL_TIMEOUT_MS);
    limitInfo = answer.headers['sforce-limit-info'] ?? limitInfo;
    requireSuccess(answer);
    return answer;
  };
  return { instanceUrl, get, limitInfo: () => limitInfo };
}
