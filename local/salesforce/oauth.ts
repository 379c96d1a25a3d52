import { randomBytes } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { ApiError, apiError } from './errors.ts';

/** The org's one user and one app, as an External Client App and an integration user would be set up. */
export interface Org {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly username: string;
  readonly password: string;
  readonly securityToken: string;
  /** PEM certificate or public key that belongs to the key that JWTs are signed with. */
  readonly certificate: string;
}

type Form = Readonly<Record<string, string>>;

const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const LOGIN_HOSTS = ['https://login.salesforce.com', 'https://test.salesforce.com'];
const MAX_ASSERTION_SECONDS = 300;

const refuse = (error: string, error_description: string): ApiError =>
  new ApiError(400, { error, error_description });

/** The token endpoint and the tokens that it gave ("OAuth Tokens and Scopes"; error texts as Salesforce's). */
export function createOAuth(org: Org, url: () => string) {
  const tokens = new Set<string>();

  const checkAssertion = (assertion: string): void => {
    const claims = verify(assertion);
    if (claims.iss !== org.clientId) throw refuse('invalid_client_id', 'client identifier invalid');
    if (claims.sub !== org.username)
      throw refuse('invalid_grant', "user hasn't approved this consumer");
    const audience = typeof claims.aud === 'string' ? claims.aud.replace(/\/$/, '') : '';
    if (![...LOGIN_HOSTS, url()].includes(audience))
      throw refuse('invalid_grant', 'audience is invalid');
    const now = Date.now() / 1000;
    if (claims.exp === undefined || claims.exp > now + MAX_ASSERTION_SECONDS) {
      throw refuse('invalid_grant', 'invalid assertion');
    }
  };

  const verify = (assertion: string): jwt.JwtPayload => {
    try {
      const claims = jwt.verify(assertion, org.certificate, { algorithms: ['RS256'] });
      if (typeof claims !== 'string') return claims;
    } catch (error) {
      if (error instanceof jwt.TokenExpiredError)
        throw refuse('invalid_grant', 'expired authorization code');
    }
    throw refuse('invalid_grant', 'invalid assertion');
  };

  const checkClient = ({ client_id, client_secret }: Form): void => {
    if (client_id !== org.clientId) throw refuse('invalid_client_id', 'client identifier invalid');
    if (client_secret !== org.clientSecret)
      throw refuse('invalid_client', 'invalid client credentials');
  };

  const checkPassword = ({ username, password }: Form): void => {
    if (username === org.username && password === org.password + org.securityToken) return;
    throw refuse('invalid_grant', 'authentication failure');
  };

  const check = (form: Form): void => {
    if (form['grant_type'] === JWT_GRANT) checkAssertion(form['assertion'] ?? '');
    else if (form['grant_type'] === 'client_credentials') checkClient(form);
    else if (form['grant_type'] === 'password') {
      checkClient(form);
      checkPassword(form);
    } else throw refuse('unsupported_grant_type', 'grant type not supported');
  };

  return {
    /** @throws ApiError with OAuth's error body. */
    token: (form: Form): unknown => {
      check(form);
      const access_token = `00D5g0000000001!${randomBytes(32).toString('base64url')}`;
      tokens.add(access_token);
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
  };
}
