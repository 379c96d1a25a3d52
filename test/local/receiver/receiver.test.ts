import { afterAll, describe, expect, it } from 'vitest';
import { startReceiver } from '../../../local/receiver/receiver.ts';

describe('the receiver', async () => {
  const receiver = await startReceiver();
  afterAll(receiver.close);

  it('remembers a request as it came', async () => {
    const body = '{"text": "“quoted” 🎁"}';
    const { status } = await fetch(`${receiver.url}/a%2Fb?c=d`, { method: 'PATCH', body });
    expect(status).toBe(200);
    expect(receiver.requests.at(-1)).toMatchObject({ method: 'PATCH', path: '/a%2Fb?c=d', body });
  });

  it('answers as it is told to, below one path', async () => {
    receiver.answer('/broken', 503);
    const status = async (path: string) => (await fetch(`${receiver.url}${path}`)).status;
    expect([await status('/broken/now'), await status('/other')]).toEqual([503, 200]);
    receiver.answer('/broken', 200);
    expect(await status('/broken/now')).toBe(200);
  });

  it('gives OAuth clients a token', async () => {
    const response = await fetch(`${receiver.url}/oauth/token`, { method: 'POST' });
    expect(await response.json()).toMatchObject({ token_type: 'Bearer' });
  });
});
