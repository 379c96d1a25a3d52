import { createHash } from 'node:crypto';
import fc from 'fast-check';
import twilio from 'twilio';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { describe, expect, it } from 'vitest';
import { createWebhookHandler } from '../../../functions/common/webhook.ts';
import { toWebhookRequest } from '../../../functions/common/webhook-request.ts';
import { answer } from '../../../functions/twilio-webhook/answer.ts';
import { describe as describeRequest } from '../../../functions/twilio-webhook/describe.ts';
import { signatureOf } from '../../../functions/twilio-webhook/verify.ts';
import { context, memoryBus, memoryLog, memoryMetrics, urlEvent } from '../kit.ts';

const TOKEN = '12345';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
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
): Promise<boolean> => (await signatureOf(toWebhookRequest(event), publicUrl)?.(TOKEN)) ?? false;

const formEvent = (
  signature: string,
  fields: [string, string][],
  target: Parameters<typeof urlEvent>[0] = {},
) =>
  urlEvent({
    ...target,
    headers: { ...FORM, ...target.headers, 'x-twilio-signature': signature },
    body: new URLSearchParams(fields).toString(),
  });

const MY_COMPANY = {
  rawPath: '/myapp.php',
  rawQueryString: 'foo=1&bar=2',
  headers: { host: 'mycompany.com' },
};

describe("Twilio's signature, by the vectors of its own library", () => {
  it('holds over host, path, query string and all fields', async () => {
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

  it('holds with the default port that Twilio may sign', async () => {
    expect(
      await isValid(formEvent('kvajT1Ptam85bY51eRf/AJRuM3w=', Object.entries(P), MY_COMPANY)),
    ).toBe(true);
  });

  it('counts every repeat of a field, in any order', async () => {
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

  it('of a JSON body holds over bodySHA256 and fails when the body differs', async () => {
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

  it('of a JSON body does not hold for a form, whatever the form says', async () => {
    const hash = '0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620';
    const target = { ...MY_COMPANY, rawQueryString: `foo=1&bar=2&bodySHA256=${hash}` };
    for (const body of ['', '=']) {
      const headers = {
        ...FORM,
        host: 'mycompany.com',
        'x-twilio-signature': 'a9nBmqA0ju/hNViExpshrM61xv4=',
      };
      expect(await isValid(urlEvent({ ...target, headers, body }))).toBe(false);
    }
  });

  it('of a JSON body without bodySHA256 never holds', async () => {
    const signature = webhooks.getExpectedTwilioSignature(TOKEN, 'https://mycompany.com/', {});
    const headers = { ...JSON_TYPE, host: 'mycompany.com', 'x-twilio-signature': signature };
    expect(await isValid(urlEvent({ headers, body: '{}' }))).toBe(false);
  });

  it('holds for a URL that was given to Twilio without the final slash', async () => {
    const signature = webhooks.getExpectedTwilioSignature(TOKEN, 'https://mycompany.com', P);
    expect(
      await isValid(
        formEvent(signature, Object.entries(P), { headers: { host: 'mycompany.com' } }),
      ),
    ).toBe(true);
  });

  it('holds for the public URL of a proxy', async () => {
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

function scene() {
  const bus = memoryBus();
  const metrics = memoryMetrics();
  const handler = createWebhookHandler(
    {
      name: 'twilio',
      contentTypes: [FORM['content-type'], JSON_TYPE['content-type']],
      signatureOf,
      describe: describeRequest,
      answer,
    },
    {
      secret: async (verify) => verify(TOKEN),
      publish: bus.publish,
      log: memoryLog(),
      count: metrics.count,
    },
  );
  const post = (fields: [string, string][], headers: Record<string, string> = {}) => {
    const names = [...new Set(fields.map(([name]) => name))];
    const params = Object.fromEntries(
      names.map((name) => [name, fields.filter(([key]) => key === name).map(([, value]) => value)]),
    );
    const signature = webhooks.getExpectedTwilioSignature(TOKEN, 'https://mycompany.com/', params);
    return handler(
      formEvent(signature, fields, { headers: { host: 'mycompany.com', ...headers } }),
      context,
    );
  };
  return { ...bus, ...metrics, post, handler };
}

const detailOf = (text: string | undefined): unknown => JSON.parse(text ?? 'null');

describe('a verified Twilio webhook', () => {
  it('becomes an event of its fields: one value a text, repeats an array', async () => {
    const { entries, post } = scene();
    await post([
      ['A', '1'],
      ['B', 'x'],
      ['B', 'y'],
      ['__proto__', 'p'],
    ]);
    expect(entries[0]).toMatchObject({ source: 'twilio.com', detailType: 'twilio-webhook-lambda' });
    expect(entries[0]?.detail).toBe('{"A":"1","B":["x","y"],"__proto__":"p"}');
  });

  it.each([
    ['{"error_code":"11200"}', { error_code: '11200' }],
    ['not JSON', 'not JSON'],
    ['[1]', [1]],
  ])('with the JSON Payload %j carries %j', async (payload, carried) => {
    const { entries, post } = scene();
    await post([
      ['PayloadType', 'application/json'],
      ['Payload', payload],
    ]);
    expect(detailOf(entries[0]?.detail)).toMatchObject({ Payload: carried });
  });

  it('with a Payload nested too deep to be written again carries its text', async () => {
    const { entries, post } = scene();
    const payload = '['.repeat(100_000) + ']'.repeat(100_000);
    await post([
      ['PayloadType', 'application/json'],
      ['Payload', payload],
    ]);
    expect(detailOf(entries[0]?.detail)).toMatchObject({ Payload: payload });
  });

  it('is named by its retry token, else by its resource and status', async () => {
    const { entries, post } = scene();
    await post(
      [
        ['MessageSid', 'SM1'],
        ['SmsStatus', 'received'],
      ],
      { 'i-twilio-idempotency-token': 'token-1' },
    );
    await post([
      ['MessageSid', 'SM1'],
      ['SmsStatus', 'received'],
    ]);
    await post([['Other', '1']]);
    expect(entries.map(({ id }) => id)).toEqual([
      'token-1',
      'SM1-received',
      createHash('sha256').update('Other=1').digest('hex'),
    ]);
  });

  it('is answered with TwiML for an incoming message or call, and with nothing else', async () => {
    const { post } = scene();
    const twiml = { statusCode: 202, headers: { 'content-type': 'text/xml; charset=utf-8' } };
    expect(await post([['SmsStatus', 'received']])).toMatchObject(twiml);
    expect(
      await post([
        ['CallStatus', 'ringing'],
        ['Direction', 'inbound'],
      ]),
    ).toMatchObject(twiml);
    expect(await post([['MessageStatus', 'delivered']])).toMatchObject({
      statusCode: 202,
      body: '',
    });
  });

  it('of any other signature or form is refused, never an error of ours', async () => {
    const values = fc.string({ unit: 'binary' });
    await fc.assert(
      fc.asyncProperty(
        values,
        values,
        values,
        fc.uint8Array(),
        async (signature, host, rawQueryString, bytes) => {
          const headers = { ...FORM, host, 'x-twilio-signature': signature };
          const result = await scene().handler(
            urlEvent({ headers, rawQueryString, body: Buffer.from(bytes) }),
            context,
          );
          expect(result).toMatchObject({ statusCode: 401 });
        },
      ),
    );
  });
});
