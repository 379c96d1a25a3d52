import { request as httpRequest } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { refusalOf } from '../../console/server/guard.ts';
import { fakeStack, startConsole, token } from './harness.ts';

const authorization = `Bearer ${token}`;
const start = (canSteer = false) => startConsole({ clients: fakeStack().clients, canSteer });

/** fetch sets Host and Sec-Fetch-Site itself. */
const rawRequest = (url: string, path: string, headers: Record<string, string>, method = 'GET') =>
  new Promise<number | undefined>((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const sent = httpRequest({ hostname, port, path, method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.once('error', reject).end(method === 'POST' ? '{}' : undefined);
  });

describe('the console answers only its own page', () => {
  it('with the token, under both of its names', async () => {
    const { url, port, get } = await start();
    expect(await get('stack')).toMatchObject({ status: 200, body: { canSteer: false } });
    const host = `localhost:${port}`;
    expect(await rawRequest(url, '/api/stack', { host, authorization })).toBe(200);
  });

  it.each([
    ['no token', {}],
    ['another token', { authorization: `${authorization}x` }],
    ['a part of the token', { authorization: authorization.slice(0, -1) }],
    ['the token alone', { authorization: token }],
    ['the token in a cookie', { cookie: `token=${token}` }],
  ])('refuses a request with %s', async (_what, headers) => {
    const { request } = await start();
    expect(await request('/api/stack', { headers })).toMatchObject({
      status: 401,
      body: { kind: 'unauthorized', remedy: expect.stringContaining('npm run console') },
    });
    expect((await request(`/api/stack?token=${token}`)).status).toBe(401);
  });

  it.each([
    '/%61pi/stack',
    '/ap%69/stack',
    '/api/st%61ck',
    'http://127.0.0.1:PORT/api/stack',
    'https://evil.example/api/stack',
    '/api',
    '/api/nothing',
    '/nothing',
    '//api/stack',
    '/x/../api/stack',
  ])('refuses "%s" without the token, and reads nothing for it', async (text) => {
    const { clients } = fakeStack();
    const connect = vi.spyOn(clients.cloudFormation, 'send');
    const { url, port } = await startConsole({ clients, canSteer: true });
    const path = text.replace('PORT', `${port}`);
    expect(await rawRequest(url, path, {})).toBe(401);
    const headers = { origin: url, 'content-type': 'application/json' };
    const action = path.replace('stack', 'resume').replace('st%61ck', 'r%65sume');
    expect(await rawRequest(url, action, headers, 'POST')).toBe(401);
    expect(connect).not.toHaveBeenCalled();
  });

  it.each([
    'evil.example',
    'evil.example:PORT',
    '127.0.0.1',
    'localhost:1',
    '127.0.0.1:PORT.evil.example',
    '[::1]:PORT',
    '0.0.0.0:PORT',
  ])('refuses the host "%s" for the page and the API', async (text) => {
    const { url, port } = await start();
    const host = text.replace('PORT', `${port}`);
    for (const path of ['/', '/main.js', '/api/stack'])
      expect(await rawRequest(url, path, { host, authorization })).toBe(403);
  });

  it.each([
    ['of another origin', { origin: 'https://evil.example' }],
    ['of the other name of this machine', { origin: 'http://localhost:PORT' }],
    ['of another port', { origin: 'http://127.0.0.1:1' }],
    ['of a page in a sandbox', { origin: 'null' }],
    ['without an origin', {}],
    [
      'of another site, by what the browser says',
      { origin: 'http://127.0.0.1:PORT', 'sec-fetch-site': 'cross-site' },
    ],
    [
      'of another port, by what the browser says',
      { origin: 'http://127.0.0.1:PORT', 'sec-fetch-site': 'same-site' },
    ],
  ])('refuses a POST %s', async (_what, given) => {
    const { url, port } = await start(true);
    const entries = Object.entries(given).map(([name, value]) => [
      name,
      value.replace('PORT', `${port}`),
    ]);
    const headers = {
      ...Object.fromEntries(entries),
      authorization,
      'content-type': 'application/json',
    };
    expect(await rawRequest(url, '/api/mappings/try', headers, 'POST')).toBe(403);
  });

  it('refuses a GET of another origin', async () => {
    const { request } = await start();
    const headers = { authorization, origin: 'https://evil.example' };
    expect((await request('/api/stack', { headers })).status).toBe(403);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'multipart/form-data; boundary=x',
  ])('refuses a POST as %s', async (type) => {
    const { request, url } = await start(true);
    const headers = { authorization, origin: url, 'content-type': type };
    const answer = await request('/api/mappings/try', { method: 'POST', headers, body: '{}' });
    expect(answer).toMatchObject({ status: 400, body: { kind: 'invalid' } });
  });

  it.each(['OPTIONS', 'PUT', 'DELETE', 'PATCH', 'HEAD'])(
    'has no %s, and no CORS',
    async (method) => {
      const { request, url } = await start(true);
      const headers = { authorization, origin: url };
      const answer = await request('/api/stack', { method, headers });
      expect(answer.status).toBe(404);
      expect(
        [...answer.headers.keys()].filter((name) => name.startsWith('access-control')),
      ).toEqual([]);
    },
  );

  it('refuses what is longer than an event, and what is not JSON', async () => {
    const { post, request, url } = await start();
    const long = await post('mappings/try', { name: 'x', event: 'x'.repeat(1_200_000) });
    expect(long).toMatchObject({ status: 400, body: { kind: 'invalid' } });
    const headers = { authorization, origin: url, 'content-type': 'application/json' };
    const broken = await request('/api/mappings/try', {
      method: 'POST',
      headers,
      body: '{"__proto__": {}, "a"',
    });
    expect(broken).toMatchObject({ status: 400, body: { kind: 'invalid' } });
  });
});

describe('what the console answers', () => {
  it('has headers that keep other pages out, whatever it is', async () => {
    const { get, request } = await start();
    for (const answer of [
      await request('/'),
      await get('stack'),
      await get('nothing'),
      await request('/api/stack'),
      await request('/%E0%A4%A'),
    ]) {
      const { headers } = answer;
      const policy = headers.get('content-security-policy');
      expect(policy?.split('; ').toSorted()).toEqual([
        "base-uri 'none'",
        "connect-src 'self'",
        "default-src 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "img-src 'self' data:",
        "script-src 'self'",
        "style-src 'self'",
      ]);
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('set-cookie')).toBeNull();
    }
  });

  it('is the page, bundled, without the token', async () => {
    const { request } = await start();
    const page = await request('/');
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('<title>page') });
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    const script = await request('/main.js');
    expect(script.headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(script.body).toMatch(/document\.title/);
    expect((await request('/style.css')).body).toMatch(/color:\s*red/);
    expect(`${page.body}${script.body}`).not.toContain(token);
    const headers = { authorization };
    expect((await request('/main.tsx', { headers })).status).toBe(404);
    expect((await request('/../package.json', { headers })).status).toBe(404);
  });
});

it('refuses a request without a host', () => {
  const incoming = { method: 'GET', headers: {}, isPage: true };
  expect(refusalOf(incoming, { port: 80, token })).toMatchObject({ kind: 'forbidden' });
});
