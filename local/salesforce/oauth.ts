import { randomBytes } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { ApiError, apiError } from './errors.ts';

/** The org's only user and app, like an integration user and an External Client App. */
export interface OrgCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly username: string;
  readonly password: string;
  readonly securityToken: string;
  /** PEM certificate or public key of the key that signs JWTs. */
  readonly certificate: string;
}

type Form = Readonly<Record<string, string>>;

const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const LOGIN_HOSTS = ['https://login.salesforce.com', 'https://test.salesforce.com'];
const MAX_ASSERTION_SECONDS = 300;

const refuse = (error: string, error_description: string): ApiError =>
  new ApiError(400, { error, error_description });

function verify(assertion: string, certificate: string): jwt.JwtPayload {
  try {
    const claims = jwt.verify(assertion, certificate, { algorithms: ['RS256'] });
    if (typeof claims !== 'string') return claims;
  } catch (error) {
    if (error instanceof jwt.TokenExpiredError)
      throw refuse('invalid_grant', 'expired authorization code');
  }
  throw refuse('invalid_grant', 'invalid assertion');
}

function checkAssertion(assertion: string, org: OrgCredentials, url: string): void {
  const { aud, exp = 0, iss, sub } = verify(assertion, org.certificate);
  if (iss !== org.clientId) throw refuse('invalid_client_id', 'client identifier invalid');
  if (sub !== org.username) throw refuse('invalid_grant', "user hasn't approved this consumer");
  const audience = typeof aud === 'string' ? aud.replace(/\/$/, '') : '';
  if (![...LOGIN_HOSTS, url].includes(audience))
    throw refuse('invalid_grant', 'audience is invalid');
  const latest = Date.now() / 1000 + MAX_ASSERTION_SECONDS;
  if (exp === 0 || exp > latest) throw refuse('invalid_grant', 'invalid assertion');
}

function checkClient({ client_id, client_secret }: Form, org: OrgCredentials): void {
  if (client_id !== org.clientId) throw refuse('invalid_client_id', 'client identifier invalid');
  if (client_secret !== org.clientSecret)
    throw refuse('invalid_client', 'invalid client credentials');
}

function checkPassword({ username, password }: Form, org: OrgCredentials): void {
  if (username === org.username && password === org.password + org.securityToken) return;
  throw refuse('invalid_grant', 'authentication failure');
}

/** The token endpoint and its tokens ("OAuth Tokens and Scopes"; error texts as Salesforce's). */
export function createOAuth(org: OrgCredentials, url: () => string) {
  const tokens = new Set<string>();
  const issued: string[] = [];

  const check = (form: Form): void => {
    if (form['grant_type'] === JWT_GRANT) checkAssertion(form['assertion'] ?? '', org, url());
    else if (form['grant_type'] === 'client_credentials') checkClient(form, org);
    else if (form['grant_type'] === 'password') {
      checkClient(form, org);
      checkPassword(form, org);
    } else throw refuse('unsupported_grant_type', 'grant type not supported');
  };

  return {
    /** @throws ApiError with OAuth's error body. */
    token: (form: Form): unknown => {
      check(form);
      const access_token = `00D5g0000000001!${randomBytes(32).toString('base64url')}`;
      tokens.add(access_token);
      issued.push(access_token);
      return {
        access_token,
        scope: 'api',
        instance_url: url(),
        id: `${url()}/id/00D5g0000000001EAA/0055g0000000001AAA`,
        token_type: 'Bearer',
      };
    },
    /** @throws ApiError 401 INVALID_SESSION_ID. */
    requireSession: (authorization: string | undefined): void => {
      const [, token = ''] = /^(?:Bearer|OAuth) (.+)$/.exec(authorization ?? '') ?? [];
      if (tokens.has(token)) return;
      throw apiError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
    },
    expireTokens: (): void => tokens.clear(),
    /** Every token ever issued. */
    issued: (): readonly string[] => issued,
  };
}
