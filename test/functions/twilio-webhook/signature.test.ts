import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { describe, expect, it } from 'vitest';
import { toWebhookRequest } from '../../../functions/common/webhook/http.ts';
import {
  createTwilioVerifier,
  formFields,
  signedUrls,
} from '../../../functions/twilio-webhook/signature.ts';
import { urlEvent } from '../harness.ts';

const TOKEN = '12345';
const FORM = 'application/x-www-form-urlencoded';
const GOOD = `${'a'.repeat(27)}=`;
const HOST = { host: 'a.example' };

interface Target {
  readonly rawPath?: string;
  readonly rawQueryString?: string;
}

const verifierOf = (body: string | Buffer, headers: Record<string, string>, target: Target = {}) =>
  createTwilioVerifier(
    toWebhookRequest(urlEvent({ ...target, headers: { ...HOST, ...headers }, body })),
  );
const signedBy = (signature: string) => ({
  'content-type': FORM,
  'x-twilio-signature': signature,
});

describe('signedUrls', () => {
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
  ])('for %j and the public URL %s are %j', (target, publicUrl, expected) =>
    expect(urls(target, publicUrl)).toEqual(expected),
  );
});

describe('createTwilioVerifier', () => {
  it.each([
    ['has no signature', 'a=1', { 'content-type': FORM }],
    ['has a signature with a prefix', 'a=1', signedBy(`a${GOOD}`)],
    ['has a signature with a suffix', 'a=1', signedBy(`${GOOD}a`)],
    ['has a repeated signature', 'a=1', signedBy(`${GOOD},${GOOD}`)],
    ['has a signature that is too short', 'a=1', signedBy(GOOD.slice(1))],
    ['has a signature with invalid characters', 'a=1', signedBy(`-${GOOD.slice(1)}`)],
    ['has a body that is not UTF-8', Buffer.from([0xff]), signedBy(GOOD)],
  ])('returns no verifier if the request %s', (_how, body, headers) =>
    expect(verifierOf(body, headers)).toBeUndefined(),
  );

  it.each(['', 'a=1'])('verifies the form %j with the token that signed it', async (body) => {
    const signature = webhooks.getExpectedTwilioSignature(
      TOKEN,
      'https://a.example/',
      formFields(body),
    );
    expect(await verifierOf(body, signedBy(signature))?.(TOKEN)).toBe(
      `https://a.example/${body.replace('=', '')}`,
    );
    expect(await verifierOf(body, signedBy(signature))?.('other')).toBeUndefined();
  });

  it('verifies nothing if the host is not valid in a URL', async () => {
    const headers = { ...signedBy(GOOD), host: 'a b' };
    expect(await verifierOf('a=1', headers)?.(TOKEN)).toBeUndefined();
    const json = { ...headers, 'content-type': 'application/json' };
    expect(await verifierOf('{}', json)?.(TOKEN)).toBeUndefined();
  });
});

describe('formFields', () => {
  it.each([
    ['', {}],
    ['a', { a: '' }],
    ['a=1&b=2&a=3&a=', { a: ['1', '3', ''], b: '2' }],
    ['a=%C3%A9+%2B', { a: 'é +' }],
  ])('reads %j as %j', (text, fields) => expect(formFields(text)).toEqual(fields));

  it('treats names such as __proto__ as plain keys', () => {
    const fields = formFields('__proto__=1&constructor=2');
    expect(Object.entries(fields)).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });

  // Anybody can send a form: it is read before its signature holds.
  it.each([
    ['names', (index: number) => `n${index}`],
    ['values of one name', () => 'n'],
  ])('reads 200,000 %s in linear time', (_what, nameOf) => {
    const text = Array.from({ length: 200_000 }, (_, index) => `${nameOf(index)}=1`).join('&');
    const before = process.cpuUsage();
    formFields(text);
    expect(process.cpuUsage(before).user).toBeLessThan(3_000_000);
  });
});
