import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { describe, expect, it } from 'vitest';
import { SECRET, useReceiver, useStack } from './harness.ts';

const { send } = useStack();
const { address } = useReceiver();

describe('npm run events -- send twilio', () => {
  it('signs a form as Twilio does, and prints the delivery id that the function gives it', async () => {
    const { url, requests } = address();
    const { exitCode, output } = await send(
      'twilio',
      'sms',
      '--set',
      'Body=Hi & bye',
      '--url',
      url,
    );
    const [request] = requests();
    const fields = Object.fromEntries(new URLSearchParams(request?.body));
    expect(fields).toMatchObject({ Body: 'Hi & bye', SmsStatus: 'received' });
    const signature = String(request?.headers['x-twilio-signature']);
    expect(webhooks.validateRequest(SECRET, signature, url, fields)).toBe(true);
    expect(exitCode).toBe(0);
    expect(output).toMatch(new RegExp(`delivery  ${fields['MessageSid']}-[0-9a-f]{16}\n`));
  });

  it('signs a JSON body by its digest in the URL', async () => {
    const { url, requests } = address();
    const { output } = await send(
      'twilio',
      'event-streams',
      '--set',
      '[0].id=EZ1',
      '--url',
      `${url}?a=b`,
    );
    const [request] = requests();
    const body = request?.body ?? '';
    expect(request?.path).toMatch(/\?a=b&bodySHA256=[0-9a-f]{64}$/);
    const signature = String(request?.headers['x-twilio-signature']);
    const signed = `${new URL(url).origin}${request?.path}`;
    expect(webhooks.validateRequestWithBody(SECRET, signature, signed, body)).toBe(true);
    expect(JSON.parse(body)).toMatchObject([{ specversion: '1.0', id: 'EZ1' }]);
    expect(output).toContain('delivery  EZ1');
  });

  it('sends every kind, with new SIDs each time', async () => {
    const { printed } = await send('twilio', '--list', '--json');
    const { names } = JSON.parse(printed.join('')).result;
    for (const name of names) {
      const { url, requests } = address();
      expect((await send('twilio', name, '--url', url, '--count', '2')).exitCode).toBe(0);
      const [first, second] = requests();
      expect(first?.body).not.toBe(second?.body);
    }
  });

  it('refuses an unknown kind', async () =>
    expect((await send('twilio', 'smss')).output).toContain('Did you mean sms?'));
});
