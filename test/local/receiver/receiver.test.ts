import { afterAll, describe, expect, it } from 'vitest';
import { startReceiver } from '../../../local/receiver/receiver.ts';

describe('startReceiver', async () => {
  const receiver = await startReceiver();
  afterAll(receiver.close);

  it('records a request as received', async () => {
    const body = '{"text": "“quoted” 🎁"}';
    const { status } = await fetch(`${receiver.url}/a%2Fb?c=d`, { method: 'PATCH', body });
    expect(status).toBe(200);
    expect(receiver.requests.at(-1)).toMatchObject({ method: 'PATCH', path: '/a%2Fb?c=d', body });
  });

  it('responds with the configured status below a path', async () => {
    receiver.answer('/broken', 503);
    const status = async (path: string) => (await fetch(`${receiver.url}${path}`)).status;
    expect([await status('/broken/now'), await status('/other')]).toEqual([503, 200]);
    receiver.answer('/broken', 200);
    expect(await status('/broken/now')).toBe(200);
  });

  it('does not respond where it is told so, until it is closed', async () => {
    const silent = await startReceiver();
    silent.answer('/', 0);
    const response = fetch(silent.url);
    await expect.poll(() => silent.requests).toHaveLength(1);
    await silent.close();
    await expect(response).rejects.toThrow('fetch failed');
  });

  it('issues a token to OAuth clients', async () => {
    const response = await fetch(`${receiver.url}/oauth/token`, { method: 'POST' });
    expect(await response.json()).toMatchObject({ token_type: 'Bearer' });
  });
});
