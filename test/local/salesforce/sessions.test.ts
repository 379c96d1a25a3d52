import { Connection } from 'jsforce/lib/connection.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeOrgCredentials } from '../../../local/stack/simulator.ts';
import { startTestOrg, type TestOrg } from './harness.ts';

const credentials = makeOrgCredentials();
const { clientId: client_id, clientSecret: client_secret } = credentials;
let org: TestOrg;

beforeAll(async () => {
  org = await startTestOrg({ org: credentials });
});
afterAll(() => org.close());
beforeEach(() => org.control('POST', 'reset'));

const newToken = async (): Promise<string> => {
  const form = { grant_type: 'client_credentials', client_id, client_secret };
  return Object(await (await oauth('token', form)).json()).access_token;
};
const oauth = (path: string, form: Record<string, string>) =>
  fetch(`${org.url}/services/oauth2/${path}`, { method: 'POST', body: new URLSearchParams(form) });

const get = (path: string, authorization?: string) =>
  fetch(org.url + path, authorization === undefined ? {} : { headers: { authorization } });

const LIMITS = '/services/data/v68.0/limits';
const USERINFO = '/services/oauth2/userinfo';

describe('a session', () => {
  it.each(['Bearer', 'OAuth', 'bearer'])('is accepted with the scheme %s', async (scheme) => {
    expect((await get(LIMITS, `${scheme} ${org.token}`)).status).toBe(200);
  });

  it.each([
    [
      'reported',
      'jsforce PR 1301',
      'Bearer dead',
      'INVALID_SESSION_ID',
      'Session expired or invalid',
    ],
    ['guess', 'as a dead one', undefined, 'INVALID_SESSION_ID', 'Session expired or invalid'],
    ['reported', 'restforce 811', 'Basic dTpw', 'INVALID_AUTH_HEADER', 'INVALID_HEADER_TYPE'],
  ])(
    'row 52, %s (%s): %s is 401 %s, without WWW-Authenticate',
    async (_certainty, _source, header, errorCode, message) => {
      const answer = await get(LIMITS, header);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBeNull();
      expect(await answer.json()).toEqual([{ message, errorCode }]);
    },
  );

  it('row 53, reported (formie 186, nango 4344): without the api scope is refused after every login', async () => {
    await org.control('PATCH', 'settings', { restApi: 'out-of-scope' });
    for (const token of [org.token, await newToken(), await newToken()]) {
      const answer = await get(LIMITS, `Bearer ${token}`);
      expect(answer.status).toBe(401);
      expect(await answer.json()).toEqual([
        {
          errorCode: 'INVALID_SESSION_ID',
          message: 'This session is not valid for use with the REST API',
        },
      ]);
    }
    expect((await org.control('GET', 'settings')).body).toMatchObject({ apiRequestsUsed: 0 });
  });
});

describe('the owner of a token', () => {
  it('row 54, reported (SalesforceMobileSDK-Android PR 2430): is told by userinfo, which is no API call', async () => {
    const answer = await get(USERINFO, `Bearer ${org.token}`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      user_id: expect.stringMatching(/^005/),
      organization_id: expect.stringMatching(/^00D/),
      preferred_username: credentials.username,
    });
    const { body } = await org.control('GET', 'calls');
    expect(body).toMatchObject({ total: 0, calls: [{ kind: 'identity', status: 200 }] });
    expect((await org.control('GET', 'settings')).body).toMatchObject({ apiRequestsUsed: 0 });
  });

  it('is the administrator in a session that /__sim/sessions opens, which also the identity URL tells', async () => {
    const { body } = await org.control('POST', 'sessions');
    const { username, accessToken, instanceUrl } = Object(body);
    expect(instanceUrl).toBe(org.url);
    const info = Object(await (await get(USERINFO, `Bearer ${accessToken}`)).json());
    expect(info.preferred_username).toBe(username);
    const { pathname } = new URL(info.sub);
    const identity = await get(pathname, `Bearer ${accessToken}`);
    expect(await identity.json()).toMatchObject({ username, user_id: info.user_id });
    expect((await get(pathname, `Bearer ${org.token}`)).status).toBe(403);
  });

  it.each([
    ['reported', 'jsforce PR 736', USERINFO, 'Bearer dead', 'Bad_OAuth_Token'],
    ['documented', 'Identity URLs', USERINFO, undefined, 'Missing_OAuth_Token'],
    [
      'documented',
      'Identity URLs',
      '/id/00D5g0000000001EAA/0055g0000000001AAA',
      'Bearer dead',
      'Bad_OAuth_Token',
    ],
  ])(
    'row 54, %s (%s): %s with %s is 403 with the word %s',
    async (_certainty, _source, path, header, word) => {
      const answer = await get(path, header);
      expect(answer.status).toBe(403);
      expect(answer.headers.get('content-type')).toContain('text/plain');
      expect(await answer.text()).toBe(word);
    },
  );

  it('documented (Identity URLs): is told at the URL that the token response names', async () => {
    const answer = await oauth('token', {
      grant_type: 'client_credentials',
      client_id,
      client_secret,
    });
    const { id, access_token } = Object(await answer.json());
    const identity = await fetch(id, { headers: { authorization: `Bearer ${access_token}` } });
    expect(await identity.json()).toMatchObject({ id, username: credentials.username });
  });

  it.each([
    ['Wrong_Org', '/id/00D000000000009AAA/0055g0000000001AAA'],
    ['Bad_Id', '/id/00D5g0000000001EAA/005000000000009AAA'],
  ])('documented (Identity URLs): is %s for another org or user', async (word, path) => {
    expect(await (await get(path, `Bearer ${org.token}`)).text()).toBe(word);
  });
});

describe('a token', () => {
  it('documented (Revoke OAuth Tokens): can be revoked, once', async () => {
    const token = await newToken();
    expect((await oauth('revoke', { token })).status).toBe(200);
    expect((await get(LIMITS, `Bearer ${token}`)).status).toBe(401);
    const again = await oauth('revoke', { token });
    expect(again.status).toBe(400);
    expect(await again.json()).toMatchObject({ error: 'invalid_token' });
    const other = await newToken();
    expect((await get(`/services/oauth2/revoke?token=${other}`)).status).toBe(200);
  });

  it('documented (Token Introspection Endpoint): can be introspected by its app', async () => {
    const app = { client_id, client_secret };
    const token = await newToken();
    expect(await (await oauth('introspect', { ...app, token })).json()).toMatchObject({
      active: true,
      scope: 'api',
      username: credentials.username,
      exp: expect.any(Number),
    });
    const dead = await oauth('introspect', { ...app, token: 'dead' });
    expect(await dead.json()).toEqual({ active: false });
    const stranger = await oauth('introspect', { ...app, client_secret: 'x', token });
    expect(await stranger.json()).toMatchObject({ error: 'invalid_client' });
  });

  it('is not issued for a form of another content type', async () => {
    const body = JSON.stringify({ grant_type: 'client_credentials', client_id, client_secret });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${org.url}/services/oauth2/token`, {
      method: 'POST',
      headers,
      body,
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: 'unsupported_grant_type' });
  });
});

describe('login() of the SOAP API, by stock jsforce', () => {
  const { username, password, securityToken } = credentials;
  const connect = (version: string) =>
    new Connection({ loginUrl: org.url, version, logLevel: 'FATAL' });

  it('documented (SOAP: login()): opens a session, which logout() ends', async () => {
    const connection = connect('64.0');
    const user = await connection.login(username, password + securityToken);
    expect(user).toMatchObject({ organizationId: expect.stringMatching(/^00D/) });
    expect(await connection.identity()).toMatchObject({ username });
    expect(await connection.request('/services/data/v64.0/limits')).toHaveProperty('SingleEmail');
    const token = connection.accessToken;
    await connection.logout();
    expect((await get(LIMITS, `Bearer ${token}`)).status).toBe(401);
  });

  it.each([
    ['documented', 'SOAP: login()', '64.0', 'x', 'INVALID_LOGIN: Invalid username, password'],
    [
      'reported',
      'forcedotcom/wsc 363',
      '65.0',
      password + securityToken,
      'INVALID_OPERATION: The SOAP Login operation is not available in the API version specified (65.0)',
    ],
  ])('%s (%s): is refused in version %s', async (_certainty, _source, version, secret, message) => {
    await expect(connect(version).login(username, secret)).rejects.toThrow(message);
  });

  it('is all there is of SOAP', async () => {
    const body =
      '<Envelope><Body><query><queryString>SELECT</queryString></query></Body></Envelope>';
    for (const path of ['u/64.0', 'c/64.0/00D5g0000000001']) {
      const answer = await fetch(`${org.url}/services/Soap/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'text/xml' },
        body,
      });
      expect(answer.status).toBe(500);
      expect(await answer.text()).toContain('<sf:exceptionCode>NOT_SIMULATED<');
    }
  });
});
