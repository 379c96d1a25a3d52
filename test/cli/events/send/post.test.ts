import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postGitHub, postTwilio } from '../../../../cli/events/send/post.ts';
import { type Receiver, startReceiver } from '../../../../local/receiver/receiver.ts';

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

const sent = (header: string) => receiver.requests.at(-1)?.headers[header];

describe('a webhook has the signature that its provider publishes as an example', () => {
  it('GitHub, "Validating webhook deliveries"', async () => {
    const secret = "It's a Secret to Everybody";
    const target = { url: receiver.url, signedUrl: '', secret };
    await postGitHub(target, { event: 'ping', body: 'Hello, World!' });
    expect(sent('x-hub-signature-256')).toBe(
      'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    );
  });

  it("Twilio, the tests of twilio-node: a form, signed for the stack's URL and not for the one that is called", async () => {
    const signedUrl = 'https://mycompany.com/myapp.php?foo=1&bar=2';
    const fields = {
      CallSid: 'CA1234567890ABCDE',
      Caller: '+14158675309',
      Digits: '1234',
      From: '+14158675309',
      To: '+18005551212',
    };
    await postTwilio({ url: receiver.url, signedUrl, secret: '12345' }, { fields });
    expect(sent('x-twilio-signature')).toBe('RSOYDt4T1cUTdK1PDd93/VVr8B8=');
  });

  it('Twilio, the tests of twilio-node: a JSON body by its digest', async () => {
    const json = '{"property": "value", "boolean": true}';
    const target = { url: receiver.url, signedUrl: 'https://x.example/', secret: '12345' };
    await postTwilio(target, { json });
    expect(receiver.requests.at(-1)?.path).toBe(
      '/?bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620',
    );
  });

  it('and an id that the function would give it', async () => {
    const target = { url: receiver.url, signedUrl: '', secret: 's' };
    const one = await postGitHub(target, { event: 'ping', body: '{}', delivery: 'not an id' });
    expect(one.ids).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  });
});
