import fc from 'fast-check';
import twilio from 'twilio';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { describe, expect, it } from 'vitest';
import { toWebhookRequest } from '../../../functions/common/webhook/http.ts';
import { createTwilioVerifier } from '../../../functions/twilio-webhook/signature.ts';
import { urlEvent } from '../harness.ts';
import { FORM } from '../webhooks/harness.ts';

const TOKEN = '12345';
const JSON_TYPE = { 'content-type': 'application/json' };
const P = {
  CallSid: 'CA1234567890ABCDE',
  Caller: '+14158675309',
  Digits: '1234',
  From: '+14158675309',
  To: '+18005551212',
};

const isValid = async (
  event: Parameters<typeof toWebhookRequest>[0],
  publicUrl?: string,
): Promise<boolean> =>
  (await createTwilioVerifier(toWebhookRequest(event), publicUrl)?.(TOKEN)) !== undefined;

const formEvent = (
  signature: string,
  fields: [string, string][],
  target: Parameters<typeof urlEvent>[0] = {},
) =>
  urlEvent({
    ...target,
    headers: { 'content-type': FORM, ...target.headers, 'x-twilio-signature': signature },
    body: new URLSearchParams(fields).toString(),
  });

const MY_COMPANY = {
  rawPath: '/myapp.php',
  rawQueryString: 'foo=1&bar=2',
  headers: { host: 'mycompany.com' },
};

describe("createTwilioVerifier, with the test vectors of Twilio's library", () => {
  it('verifies host, path, query string, and all fields', async () => {
    expect(
      await isValid(formEvent('RSOYDt4T1cUTdK1PDd93/VVr8B8=', Object.entries(P), MY_COMPANY)),
    ).toBe(true);
    expect(
      await isValid(
        formEvent('RSOYDt4T1cUTdK1PDd93/VVr8B8=', Object.entries(P), {
          ...MY_COMPANY,
          rawQueryString: 'foo=1&bar=3',
        }),
      ),
    ).toBe(false);
  });

  it('accepts a URL signed with the default port', async () => {
    expect(
      await isValid(formEvent('kvajT1Ptam85bY51eRf/AJRuM3w=', Object.entries(P), MY_COMPANY)),
    ).toBe(true);
  });

  it('verifies every repeat of a field, in any order', async () => {
    const addresses: [string, string][] = [
      ['MessagingBinding.Address', '+1415xxxxxxx'],
      ['MessagingBinding.Address', '+1325xxxxxxx'],
    ];
    expect(await isValid(formEvent('83O6e2vORAoJHUNzJjDWN1jz+BA=', addresses, MY_COMPANY))).toBe(
      true,
    );
    expect(
      await isValid(formEvent('83O6e2vORAoJHUNzJjDWN1jz+BA=', addresses.slice(1), MY_COMPANY)),
    ).toBe(false);
  });

  it('verifies the body against bodySHA256', async () => {
    const body = '{"property": "value", "boolean": true}';
    const hash = '0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620';
    const target = { ...MY_COMPANY, rawQueryString: `foo=1&bar=2&bodySHA256=${hash}` };
    const headers = {
      ...JSON_TYPE,
      host: 'mycompany.com',
      'x-twilio-signature': 'a9nBmqA0ju/hNViExpshrM61xv4=',
    };
    expect(await isValid(urlEvent({ ...target, headers, body }))).toBe(true);
    expect(await isValid(urlEvent({ ...target, headers, body: `${body} ` }))).toBe(false);
  });

  it('rejects a form with the signature of a JSON body', async () => {
    const hash = '0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620';
    const target = { ...MY_COMPANY, rawQueryString: `foo=1&bar=2&bodySHA256=${hash}` };
    for (const body of ['', '=']) {
      const headers = {
        'content-type': FORM,
        host: 'mycompany.com',
        'x-twilio-signature': 'a9nBmqA0ju/hNViExpshrM61xv4=',
      };
      expect(await isValid(urlEvent({ ...target, headers, body }))).toBe(false);
    }
  });

  it('rejects a JSON body without bodySHA256', async () => {
    const signature = webhooks.getExpectedTwilioSignature(TOKEN, 'https://mycompany.com/', {});
    const headers = { ...JSON_TYPE, host: 'mycompany.com', 'x-twilio-signature': signature };
    expect(await isValid(urlEvent({ headers, body: '{}' }))).toBe(false);
  });

  it('accepts a URL entered at Twilio without the final slash', async () => {
    const signature = webhooks.getExpectedTwilioSignature(TOKEN, 'https://mycompany.com', P);
    expect(
      await isValid(
        formEvent(signature, Object.entries(P), { headers: { host: 'mycompany.com' } }),
      ),
    ).toBe(true);
  });

  it('verifies the public URL of a proxy', async () => {
    const publicUrl = 'https://hooks.example.com/twilio';
    const signature = webhooks.getExpectedTwilioSignature(TOKEN, `${publicUrl}?a=1`, P);
    const event = formEvent(signature, Object.entries(P), { rawQueryString: 'a=1' });
    expect(await isValid(event, publicUrl)).toBe(true);
    expect(await isValid(event)).toBe(false);
  });

  it("agrees with Twilio's own validator on arbitrary fields", async () => {
    const pairs = fc.array(fc.tuple(fc.string({ minLength: 1 }), fc.string()), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(pairs, async (fields) => {
        const form = new URLSearchParams(fields);
        const params = Object.fromEntries(
          [...new Set(form.keys())].map((name) => [name, form.getAll(name)]),
        );
        const url = 'https://mycompany.com/x';
        const signature = webhooks.getExpectedTwilioSignature(TOKEN, url, params);
        expect(twilio.validateRequest(TOKEN, signature, url, params)).toBe(true);
        expect(
          await isValid(
            formEvent(signature, fields, { rawPath: '/x', headers: { host: 'mycompany.com' } }),
          ),
        ).toBe(true);
      }),
    );
  });
});
