import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../../local/salesforce/server.ts';
import { makeKeyPair, makeOrgCredentials } from '../../../local/stack/simulator.ts';

const org = makeOrgCredentials();
const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ org });
});
afterAll(() => simulator.close());

const token = (form: Record<string, string>): Promise<Response> =>
  fetch(`${simulator.url}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });

const now = (): number => Math.floor(Date.now() / 1000);

function assertion(
  claims: object = {},
  { key = org.privateKey, algorithm = 'RS256' as jwt.Algorithm } = {},
): Record<string, string> {
  const all = {
    iss: org.clientId,
    sub: org.username,
    aud: simulator.url,
    exp: now() + 180,
    ...claims,
  };
  return { grant_type: JWT_GRANT, assertion: jwt.sign(all, key, { algorithm }) };
}

const client = { client_id: org.clientId, client_secret: org.clientSecret };
const password = { ...client, grant_type: 'password', username: org.username };

describe('the token endpoint', () => {
  it.each([
    ['a JWT for its own URL', () => assertion()],
    [
      'a JWT for the production login host',
      () => assertion({ aud: 'https://login.salesforce.com' }),
    ],
    ['client credentials', () => ({ ...client, grant_type: 'client_credentials' })],
    [
      'a password with its security token',
      () => ({ ...password, password: org.password + org.securityToken }),
    ],
  ])('issues a token without an expiry for %s', async (_what, form) => {
    const response = await token(form());
    expect(response.status).toBe(200);
    const answer = Object(await response.json());
    expect(answer).toMatchObject({ instance_url: simulator.url, token_type: 'Bearer' });
    expect(answer).not.toHaveProperty('expires_in');
  });

  const otherKey = makeKeyPair().privateKey;

  it.each([
    ['another key', () => assertion({}, { key: otherKey }), 'invalid_grant', 'invalid assertion'],
    [
      'a shared-secret algorithm',
      () => assertion({}, { key: org.certificate.slice(0, 20), algorithm: 'HS256' }),
      'invalid_grant',
      'invalid assertion',
    ],
    [
      'a JWT that has expired',
      () => assertion({ exp: now() - 10 }),
      'invalid_grant',
      'expired authorization code',
    ],
    [
      'a JWT that lives too long',
      () => assertion({ exp: now() + 3_600 }),
      'invalid_grant',
      'invalid assertion',
    ],
    [
      'another audience',
      () => assertion({ aud: 'https://example.com' }),
      'invalid_grant',
      'audience is invalid',
    ],
    [
      'audiences as a list',
      () => assertion({ aud: [simulator.url] }),
      'invalid_grant',
      'audience is invalid',
    ],
    [
      'another app',
      () => assertion({ iss: 'other' }),
      'invalid_client_id',
      'client identifier invalid',
    ],
    [
      'another user',
      () => assertion({ sub: 'other' }),
      'invalid_grant',
      "user hasn't approved this consumer",
    ],
    [
      'another secret',
      () => ({ ...client, client_secret: 'x', grant_type: 'client_credentials' }),
      'invalid_client',
      'invalid client credentials',
    ],
    [
      'a password without its security token',
      () => ({ ...password, password: org.password }),
      'invalid_grant',
      'authentication failure',
    ],
    [
      'a refresh token, as none is issued',
      () => ({ ...client, grant_type: 'refresh_token', refresh_token: 'x' }),
      'invalid_grant',
      'expired access/refresh token',
    ],
    [
      'another grant',
      () => ({ grant_type: 'device' }),
      'unsupported_grant_type',
      'grant type not supported',
    ],
  ])('rejects %s with the error of Salesforce', async (_what, form, error, error_description) => {
    const response = await token(form());
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error, error_description });
  });

  it('ends every session if tokens expire', async () => {
    const { access_token } = Object(await (await token(assertion())).json());
    const limits = () =>
      fetch(`${simulator.url}/services/data/v68.0/limits`, {
        headers: { authorization: `Bearer ${access_token}` },
      });
    expect((await limits()).status).toBe(200);
    await fetch(`${simulator.url}/__sim/expire-tokens`, { method: 'POST' });
    const expired = await limits();
    expect(expired.status).toBe(401);
    expect(await expired.json()).toEqual([
      { message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' },
    ]);
  });

  it('lists every issued token, including expired ones', async () => {
    const { access_token } = Object(await (await token(assertion())).json());
    await fetch(`${simulator.url}/__sim/expire-tokens`, { method: 'POST' });
    expect(await (await fetch(`${simulator.url}/__sim/tokens`)).json()).toContain(access_token);
  });
});
