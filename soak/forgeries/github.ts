import { createHash, createHmac } from 'node:crypto';
import { type Forgeries, JSON_TYPE, jsonOf, sizeOf } from './seed.ts';
import { githubRequest } from './signed.ts';
import { urlEvent } from './url-event.ts';

const hmac = (algorithm: string, secret: string, text: string): string =>
  createHmac(algorithm, secret).update(text).digest('hex');
const signedAs = (secret: string, payload: string, signature: string) =>
  githubRequest(secret, payload, { 'x-hub-signature-256': signature });
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

const wrongSignatures = (secret: string): Forgeries => ({
  'arbitrary bytes': ({ bytes, text }) =>
    urlEvent({
      headers: { 'content-type': JSON_TYPE, 'x-hub-signature-256': text },
      body: Buffer.from(bytes),
    }),
  // Before the secret, not after it: HMAC pads a short key with zeros, so an appended zero changes nothing.
  'wrong secret': (seed) =>
    signedAs(
      secret,
      jsonOf(seed),
      `sha256=${hmac('sha256', `x${seed.text}${secret}`, jsonOf(seed))}`,
    ),
  'secret "undefined"': (seed) =>
    signedAs(secret, jsonOf(seed), `sha256=${hmac('sha256', 'undefined', jsonOf(seed))}`),
  'digest without a key': (seed) =>
    signedAs(
      secret,
      jsonOf(seed),
      `sha256=${createHash('sha256').update(jsonOf(seed)).digest('hex')}`,
    ),
  'SHA-1 with the right key': (seed) =>
    signedAs(secret, jsonOf(seed), `sha1=${hmac('sha1', secret, jsonOf(seed))}`),
  'SHA-1 labeled as SHA-256': (seed) =>
    signedAs(secret, jsonOf(seed), `sha256=${hmac('sha1', secret, jsonOf(seed))}`),
  'signature repeated': async (seed) => {
    const right = `sha256=${hmac('sha256', secret, jsonOf(seed))}`;
    return signedAs(secret, jsonOf(seed), `${right}, ${right}`);
  },
  'uppercase algorithm': (seed) =>
    signedAs(secret, jsonOf(seed), `SHA256=${hmac('sha256', secret, jsonOf(seed))}`),
  'truncated signature': (seed) =>
    signedAs(
      secret,
      jsonOf(seed),
      `sha256=${hmac('sha256', secret, jsonOf(seed)).slice(0, seed.number % 64)}`,
    ),
  'legacy signature header only': async (seed) => {
    const event = await githubRequest(secret, jsonOf(seed));
    const { 'x-hub-signature-256': right = '', ...headers } = event.headers;
    return { ...event, headers: { ...headers, 'x-hub-signature': right } };
  },
});

const wrongBodies = (secret: string): Forgeries => ({
  're-serialized body': async (seed) => {
    const payload = jsonOf(seed);
    return {
      ...(await githubRequest(secret, payload)),
      body: JSON.stringify(JSON.parse(payload), null, 1),
    };
  },
  'body in another Unicode form': async () => ({
    ...(await githubRequest(secret, '{"a":"\u00e9"}')),
    body: '{"a":"e\u0301"}',
  }),
  'body with appended text': async (seed) => ({
    ...(await githubRequest(secret, jsonOf(seed))),
    body: `${jsonOf(seed)}${seed.text || ' '}`,
  }),
  'unsigned body of any size': ({ number }) =>
    signedAs(secret, JSON.stringify('x'.repeat(sizeOf(number))), `sha256=${'0'.repeat(64)}`),
  'prototype keys': (seed) =>
    urlEvent({
      headers: { 'content-type': JSON_TYPE, ['__proto__']: seed.text, constructor: seed.text },
      body: '{"__proto__":{"x-hub-signature-256":"sha256=0"}}',
    }),
  'deeply nested JSON': ({ number }) =>
    urlEvent({ headers: { 'content-type': JSON_TYPE }, body: nested(number % 5_000) }),
  'huge numbers': ({ number }) =>
    urlEvent({ headers: { 'content-type': JSON_TYPE }, body: `{"a":1e${number}}` }),
  'other methods and types': ({ number, text }) =>
    urlEvent({
      method: ['GET', 'PUT', 'HEAD', 'OPTIONS', text][number % 5] ?? '',
      headers: { 'content-type': text },
    }),
});

/** Forged and malformed requests to the GitHub webhook whose secret is `secret`, by class. */
export const githubForgeries = (secret: string): Forgeries => ({
  ...wrongSignatures(secret),
  ...wrongBodies(secret),
});

/** Requests that no client can send: the function URL itself sets `isBase64Encoded`. */
export const githubEventForgeries = (secret: string): Forgeries => ({
  'text marked as base64': async (seed) => ({
    ...(await githubRequest(secret, jsonOf(seed))),
    isBase64Encoded: true,
  }),
});
