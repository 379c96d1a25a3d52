import jwt from 'jsonwebtoken';
import { parseJsonObject } from '#common/json.ts';
import { LoginError, SalesforceConfigurationError } from '../errors.ts';
import { type AuthFlow, type Credentials, isLoopback, privateKeyOf } from './credentials.ts';
import type { Send } from './transport.ts';

/** An access token and the host that it may be sent to. */
export interface Session {
  readonly accessToken: string;
  readonly instanceUrl: string;
}

interface LoginOptions {
  readonly flow: AuthFlow;
  /** The JWT's audience, if that is not the server. */
  readonly audience: string | undefined;
  readonly send: Send;
  readonly timeoutMs: number;
  readonly now?: () => number;
}

/** Assertions must expire within 3 minutes ("OAuth 2.0 JWT Bearer Flow"). */
const ASSERTION_SECONDS = 180;

const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

function assertionOf(credentials: Credentials, { audience, now = Date.now }: LoginOptions): string {
  const claims = {
    iss: credentials.clientID,
    sub: credentials.user,
    aud: audience ?? credentials.server,
    exp: Math.floor(now() / 1000) + ASSERTION_SECONDS,
  };
  return jwt.sign(claims, privateKeyOf(credentials), { algorithm: 'RS256', noTimestamp: true });
}

function grantOf(credentials: Credentials, options: LoginOptions): Record<string, string> {
  const { clientID: client_id, clientSecret: client_secret, user: username } = credentials;
  if (options.flow === 'jwt')
    return { grant_type: JWT_GRANT, assertion: assertionOf(credentials, options) };
  if (options.flow === 'client_credentials')
    return { grant_type: 'client_credentials', client_id, client_secret };
  const password = credentials.password + credentials.securityToken;
  return { grant_type: 'password', client_id, client_secret, username, password };
}

const SALESFORCE_HOST = /\.(salesforce|force)\.com$/;

/** @throws SalesforceConfigurationError if the token would be sent to any host but Salesforce's or the secret's. */
export function requireInstanceUrl(instanceUrl: string, server: string): string {
  const url = URL.canParse(instanceUrl) ? new URL(instanceUrl) : undefined;
  const own = new URL(server);
  const isKnown = url && (SALESFORCE_HOST.test(url.hostname) || url.hostname === own.hostname);
  const isSecure =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url && isKnown && isSecure) return url.origin;
  throw new SalesforceConfigurationError(
    "The instance_url of Salesforce's response is not a Salesforce host",
  );
}

/**
 * Logs in with the given flow ("OAuth 2.0 … Flow" pages of Salesforce Help).
 *
 * @throws LoginError if Salesforce refuses, TransportError if it does not respond, SalesforceConfigurationError if the key or
 *   the response's host is not valid.
 */
export async function login(credentials: Credentials, options: LoginOptions): Promise<Session> {
  const { statusCode, body } = await options.send({
    method: 'POST',
    url: `${credentials.server}/services/oauth2/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(grantOf(credentials, options)).toString(),
    timeoutMs: options.timeoutMs,
  });
  const response = parseJsonObject(body) ?? {};
  const text = (name: string): string => (typeof response[name] === 'string' ? response[name] : '');
  if (statusCode >= 400 || text('access_token') === '') {
    throw new LoginError(
      text('error') || `ERROR_HTTP_${statusCode}`,
      statusCode,
      text('error_description'),
    );
  }
  const instanceUrl = requireInstanceUrl(text('instance_url'), credentials.server);
  return { accessToken: text('access_token'), instanceUrl };
}
