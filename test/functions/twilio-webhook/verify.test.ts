import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { describe, expect, it } from 'vitest';
import { toWebhookRequest } from '../../../functions/common/webhook/request.ts';
import { formFields } from '../../../functions/twilio-webhook/form.ts';
import { signatureOf, signedUrls } from '../../../functions/twilio-webhook/verify.ts';
import { urlEvent } from '../kit.ts';

const TOKEN = '12345';
const FORM = 'application/x-www-form-urlencoded';
const GOOD = `${'a'.repeat(27)}=`;
const HOST = { host: 'a.example' };

interface Target {
  readonly rawPath?: string;
  readonly rawQueryString?: string;
}

const verifierOf = (body: string | Buffer, headers: Record<string, string>, target: Target = {}) =>
  signatureOf(toWebhookRequest(urlEvent({ ...target, headers: { ...HOST, ...headers }, body })));
const signedBy = (signature: string) => ({
  'content-type': FORM,
  'x-twilio-signature': signature,
});

describe('the URLs that Twilio may have signed', () => {
  const urls = (target: Target, publicUrl?: string): string[] =>
    signedUrls(toWebhookRequest(urlEvent({ ...target, headers: HOST })), publicUrl);

  it.each<[Target, string | undefined, string[]]>([
    [{}, undefined, ['https://a.example/', 'https://a.example']],
    [{ rawQueryString: 'b=1' }, undefined, ['https://a.example/?b=1', 'https://a.example?b=1']],
    [{ rawPath: '/p' }, undefined, ['https://a.example/p']],
    [
      { rawPath: '/p//%2f', rawQueryString: 'b=%20+' },
      undefined,
      ['https://a.example/p//%2f?b=%20+'],
    ],
    [{}, 'https://b.example', ['https://b.example/', 'https://b.example']],
    [{}, 'https://b.example/', ['https://b.example/', 'https://b.example']],
    [{ rawPath: '/p' }, 'https://b.example/', ['https://b.example/p']],
    [{ rawPath: '/p', rawQueryString: 'b=1' }, 'https://b.example', ['https://b.example/p?b=1']],
    [{ rawPath: '/p' }, 'https://b.example/q', ['https://b.example/q']],
    [{ rawPath: '/', rawQueryString: 'b=1' }, 'https://b.example/q/', ['https://b.example/q/?b=1']],
    [{ rawPath: '/p' }, 'to https://b.example', ['to https://b.example']],
    [{ rawPath: '/p' }, 'https://', ['https://']],
  ])('for %j, told to call %s, are %j', (target, publicUrl, expected) =>
    expect(urls(target, publicUrl)).toEqual(expected),
  );
});

describe('a request that Twilio may have signed', () => {
  it.each([
    ['without a signature', 'a=1', { 'content-type': FORM }],
    ['with one that begins with more', 'a=1', signedBy(`a${GOOD}`)],
    ['with one that ends with more', 'a=1', signedBy(`${GOOD}a`)],
    ['with one that is repeated', 'a=1', signedBy(`${GOOD},${GOOD}`)],
    ['with one that is too short', 'a=1', signedBy(GOOD.slice(1))],
    ['with one of other characters', 'a=1', signedBy(`-${GOOD.slice(1)}`)],
    ['whose body is no text', Buffer.from([0xff]), signedBy(GOOD)],
  ])('is none %s, whatever the token', (_how, body, headers) =>
    expect(verifierOf(body, headers)).toBeUndefined(),
  );

  it.each(['', 'a=1'])('may be a form of %j', async (body) => {
    const signature = webhooks.getExpectedTwilioSignature(
      TOKEN,
      'https://a.example/',
      formFields(body),
    );
    expect(await verifierOf(body, signedBy(signature))?.(TOKEN)).toBe(true);
    expect(await verifierOf(body, signedBy(signature))?.('other')).toBe(false);
  });

  it('is none under a host of which no URL can be made, and no error', async () => {
    const headers = { ...signedBy(GOOD), host: 'a b' };
    expect(await verifierOf('a=1', headers)?.(TOKEN)).toBe(false);
    const json = { ...headers, 'content-type': 'application/json' };
    expect(await verifierOf('{}', json)?.(TOKEN)).toBe(false);
  });
});

describe('the fields of a form', () => {
  it.each([
    ['', {}],
    ['a', { a: '' }],
    ['a=1&b=2&a=3&a=', { a: ['1', '3', ''], b: '2' }],
    ['a=%C3%A9+%2B', { a: 'é +' }],
  ])('%j are %j', (text, fields) => expect(formFields(text)).toEqual(fields));

  it('are plain, whatever they are called', () => {
    const fields = formFields('__proto__=1&constructor=2');
    expect(Object.entries(fields)).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });
});
