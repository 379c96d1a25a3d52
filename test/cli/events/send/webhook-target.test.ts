import { describe, expect, it } from 'vitest';
import { webhookAddresses } from '../../../../cli/events/send/webhook-target.ts';

const OUTPUT = 'https://abc.lambda-url.us-east-1.on.aws/';
const LOCAL = 'http://127.0.0.1:4566/_aws/lambda-url/abc/';
const addresses = (given?: string, publicUrl = '', reached = LOCAL) =>
  webhookAddresses({ output: OUTPUT, reached, publicUrl, given });

describe('webhookAddresses', () => {
  it('calls the local engine and signs the URL of the output', () =>
    expect(addresses()).toEqual({ url: LOCAL, signedUrl: OUTPUT }));

  it('is the same URL on AWS', () =>
    expect(addresses(undefined, '', OUTPUT)).toEqual({ url: OUTPUT, signedUrl: OUTPUT }));

  it.each(['/sms?tenant=a%2Fb', `${LOCAL}sms?tenant=a%2Fb`, `${OUTPUT}sms?tenant=a%2Fb`])(
    'keeps path and query string of %s as they are',
    (given) =>
      expect(addresses(given)).toEqual({
        url: `${LOCAL}sms?tenant=a%2Fb`,
        signedUrl: `${OUTPUT}sms?tenant=a%2Fb`,
      }),
  );

  it('signs an address elsewhere as it is', () =>
    expect(addresses('https://proxy.example/x')).toEqual({
      url: 'https://proxy.example/x',
      signedUrl: 'https://proxy.example/x',
    }));

  it.each([
    ['https://hooks.example.com', '/sms?a=1', 'https://hooks.example.com/sms?a=1'],
    ['https://hooks.example.com/', undefined, 'https://hooks.example.com/'],
    ['https://hooks.example.com/twilio', '/sms?a=1', 'https://hooks.example.com/twilio?a=1'],
  ])('signs TwilioWebhookPublicUrl %s', (publicUrl, given, signedUrl) =>
    expect(addresses(given, publicUrl).signedUrl).toBe(signedUrl),
  );
});
