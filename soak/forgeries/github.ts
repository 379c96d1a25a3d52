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
  // Before it, not behind it: HMAC fills a short key up with zeros, so that one more changes nothing.
  'another secret': (seed) =>
    signedAs(
      secret,
      jsonOf(seed),
      `sha256=${hmac('sha256', `x${seed.text}${secret}`, jsonOf(seed))}`,
    ),
  'an empty secret': (seed) =>
    signedAs(secret, jsonOf(seed), `sha256=${hmac('sha256', 'undefined', jsonOf(seed))}`),
  'a digest without a key': (seed) =>
    signedAs(
      secret,
      jsonOf(seed),
      `sha256=${createHash('sha256').update(jsonOf(seed)).digest('hex')}`,
    ),
  'SHA-1 of the right key': (seed) =>
    signedAs(secret, jsonOf(seed), `sha1=${hmac('sha1', secret, jsonOf(seed))}`),
  'SHA-1 named SHA-256': (seed) =>
    signedAs(secret, jsonOf(seed), `sha256=${hmac('sha1', secret, jsonOf(seed))}`),
  'a signature twice': async (seed) => {
    const right = `sha256=${hmac('sha256', secret, jsonOf(seed))}`;
    return signedAs(secret, jsonOf(seed), `${right}, ${right}`);
  },
  'capitals in the signature': (seed) =>
    signedAs(secret, jsonOf(seed), `SHA256=${hmac('sha256', secret, jsonOf(seed))}`),
  'a signature cut short': (seed) =>
    signedAs(
      secret,
      jsonOf(seed),
      `sha256=${hmac('sha256', secret, jsonOf(seed)).slice(0, seed.number % 64)}`,
    ),
  'the old header alone': async (seed) => {
    const event = await githubRequest(secret, jsonOf(seed));
    const { 'x-hub-signature-256': right = '', ...headers } = event.headers;
    return { ...event, headers: { ...headers, 'x-hub-signature': right } };
  },
});

const wrongBodies = (secret: string): Forgeries => ({
  'the body written anew': async (seed) => {
    const payload = jsonOf(seed);
    return {
      ...(await githubRequest(secret, payload)),
      body: JSON.stringify(JSON.parse(payload), null, 1),
    };
  },
  'the body in another normal form': async () => ({
    ...(await githubRequest(secret, '{"a":"\u00e9"}')),
    body: '{"a":"e\u0301"}',
  }),
  'the body with an end': async (seed) => ({
    ...(await githubRequest(secret, jsonOf(seed))),
    body: `${jsonOf(seed)}${seed.text || ' '}`,
  }),
  'a body of any size': ({ number }) =>
    signedAs(secret, JSON.stringify('x'.repeat(sizeOf(number))), `sha256=${'0'.repeat(64)}`),
  'prototype keys': (seed) =>
    urlEvent({
      headers: { 'content-type': JSON_TYPE, ['__proto__']: seed.text, constructor: seed.text },
      body: '{"__proto__":{"x-hub-signature-256":"sha256=0"}}',
    }),
  'deep JSON': ({ number }) =>
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

/** Those that no client can send: a function URL says itself how it has encoded the body. */
export const githubEventForgeries = (secret: string): Forgeries => ({
  'text that says it is base64': async (seed) => ({
    ...(await githubRequest(secret, jsonOf(seed))),
    isBase64Encoded: true,
  }),
});
