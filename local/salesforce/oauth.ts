import type { FastifyInstance, FastifyRequest } from 'fastify';
import jwt from 'jsonwebtoken';
import { ApiError } from './errors.ts';
import { formOf } from './http.ts';
import { identityUrl } from './identity.ts';
import type { Sessions } from './sessions.ts';

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

/** @throws ApiError unless the token is signed by the app's key. Its times are checked afterwards. */
function verify(assertion: string, certificate: string): jwt.JwtPayload {
  try {
    const options = { algorithms: ['RS256' as const], ignoreExpiration: true };
    const claims = jwt.verify(assertion, certificate, options);
    if (typeof claims !== 'string') return claims;
  } catch {
    // Answered below, as a token without claims is.
  }
  throw refuse('invalid_grant', 'invalid assertion');
}

/** Seconds of no JWT that is written today: `exp` is in milliseconds then. */
const MILLISECONDS_FROM = 1e12;

/** Salesforce takes `exp` as text, as simple-salesforce writes it, and in milliseconds, as @salesforce/core does. */
function checkExpiry(exp: unknown): void {
  if (Number(exp) >= MILLISECONDS_FROM) return;
  const seconds = Number(exp) - Date.now() / 1000;
  if (seconds <= 0) throw refuse('invalid_grant', 'expired authorization code');
  if (!(seconds <= MAX_ASSERTION_SECONDS)) throw refuse('invalid_grant', 'invalid assertion');
}

function checkAssertion(assertion: string, org: OrgCredentials, url: string): void {
  const { aud, exp, iss, sub } = verify(assertion, org.certificate);
  checkExpiry(exp);
  if (iss !== org.clientId) throw refuse('invalid_client_id', 'client identifier invalid');
  if (sub !== org.username) throw refuse('invalid_grant', "user hasn't approved this consumer");
  const audience = typeof aud === 'string' ? aud.replace(/\/$/, '') : '';
  if (![...LOGIN_HOSTS, url].includes(audience))
    throw refuse('invalid_grant', 'audience is invalid');
}

function checkClient({ client_id, client_secret }: Form, org: OrgCredentials): void {
  if (client_id !== org.clientId) throw refuse('invalid_client_id', 'client identifier invalid');
  if (client_secret !== org.clientSecret)
    throw refuse('invalid_client', 'invalid client credentials');
}

/** Salesforce takes a password with the security token at its end, outside of trusted networks. */
export const isPassword = ({ username, password }: Form, org: OrgCredentials): boolean =>
  username === org.username && password === org.password + org.securityToken;

function checkPassword(form: Form, org: OrgCredentials): void {
  if (!isPassword(form, org)) throw refuse('invalid_grant', 'authentication failure');
}

interface OAuthParts {
  readonly credentials: OrgCredentials;
  readonly sessions: Sessions;
  readonly url: () => string;
}

/** Grants of the web flows: this org issues neither refresh tokens nor authorization codes. */
const REFUSED_GRANTS: Readonly<Record<string, string>> = {
  refresh_token: 'expired access/refresh token',
  authorization_code: 'expired authorization code',
};

function refuseGrant(grant: string): never {
  const refused = REFUSED_GRANTS[grant];
  if (refused !== undefined) throw refuse('invalid_grant', refused);
  throw refuse('unsupported_grant_type', 'grant type not supported');
}

function checkGrant(form: Form, { credentials, url }: OAuthParts): void {
  if (form['grant_type'] === JWT_GRANT) checkAssertion(form['assertion'] ?? '', credentials, url());
  else if (form['grant_type'] === 'client_credentials') checkClient(form, credentials);
  else if (form['grant_type'] === 'password') {
    checkClient(form, credentials);
    checkPassword(form, credentials);
  } else refuseGrant(form['grant_type'] ?? '');
}

/** Two hours, the default of the session settings; a guess for what introspection reports. */
const SESSION_SECONDS = 7_200;

/** "OpenID Connect Token Introspection Endpoint". */
function introspect(form: Form, { credentials, sessions }: OAuthParts): unknown {
  checkClient(form, credentials);
  const session = sessions.find(form['token'] ?? '');
  if (session === undefined) return { active: false };
  const iat = Math.floor(session.startedAt.getTime() / 1000);
  return {
    active: true,
    scope: 'api',
    client_id: credentials.clientId,
    username: credentials.username,
    token_type: 'access_token',
    exp: iat + SESSION_SECONDS,
    iat,
    nbf: iat,
  };
}

/** The client's id and secret stand in the form or, as HTTP Basic credentials, in the header ("OAuth 2.0 Client Credentials Flow"). */
function clientForm(request: FastifyRequest): Form {
  const [, credentials] = /^Basic (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (credentials === undefined) return formOf(request);
  const [id = '', secret = ''] = Buffer.from(credentials, 'base64').toString().split(/:(.*)/s);
  return { ...formOf(request), client_id: id, client_secret: secret };
}

/** The token endpoint, and what is done with tokens ("OAuth Tokens and Scopes"; error texts as Salesforce's). */
export function registerOAuth(app: FastifyInstance, parts: OAuthParts): void {
  const { sessions, url } = parts;
  app.post('/services/oauth2/token', (request) => {
    checkGrant(clientForm(request), parts);
    return {
      access_token: sessions.open(),
      scope: 'api',
      instance_url: url(),
      id: identityUrl(url()),
      token_type: 'Bearer',
    };
  });
  app.post('/services/oauth2/introspect', (request) => introspect(clientForm(request), parts));
  app.route<{ Querystring: Form }>({
    method: ['GET', 'POST'],
    url: '/services/oauth2/revoke',
    handler: (request, reply) => {
      const { token = '' } = { ...request.query, ...formOf(request) };
      if (!sessions.end(token)) throw refuse('invalid_token', 'invalid token: revoked or unknown');
      return reply.code(200).send();
    },
  });
}
