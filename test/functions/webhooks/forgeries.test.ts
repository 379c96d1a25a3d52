import { createHash, createHmac } from 'node:crypto';
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { urlEvent } from '../kit.ts';
import {
  FORM,
  githubEvent,
  githubScene,
  HOST,
  SECRET,
  twilioEvent,
  twilioJsonEvent,
  twilioScene,
} from './kit.ts';

/** Every class of forged or malformed requests: each makes one from a seed. Together they are 10,000. */
type Forge = (seed: Seed) => LambdaFunctionURLEvent | Promise<LambdaFunctionURLEvent>;

interface Seed {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly number: number;
}

const TOTAL = 10_000;

const seeds = fc.record({
  text: fc.string({ unit: 'binary' }),
  bytes: fc.uint8Array({ maxLength: 200 }),
  number: fc.nat(),
});

const JSON_TYPE = 'application/json';
const jsonOf = ({ text, number }: Seed): string => JSON.stringify({ action: text, number });
const hmac = (algorithm: string, secret: string, text: string): string =>
  createHmac(algorithm, secret).update(text).digest('hex');
const signedAs = (payload: string, signature: string) =>
  githubEvent(payload, { 'x-hub-signature-256': signature });
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

const github: Readonly<Record<string, Forge>> = {
  'arbitrary bytes': ({ bytes, text }) =>
    urlEvent({
      headers: { 'content-type': JSON_TYPE, 'x-hub-signature-256': text },
      body: Buffer.from(bytes),
    }),
  // Before it, not behind it: HMAC fills a short key up with zeros, so that one more changes nothing.
  'another secret': (seed) =>
    signedAs(jsonOf(seed), `sha256=${hmac('sha256', `x${seed.text}${SECRET}`, jsonOf(seed))}`),
  'an empty secret': (seed) =>
    signedAs(jsonOf(seed), `sha256=${hmac('sha256', 'undefined', jsonOf(seed))}`),
  'a digest without a key': (seed) =>
    signedAs(jsonOf(seed), `sha256=${createHash('sha256').update(jsonOf(seed)).digest('hex')}`),
  'SHA-1 of the right key': (seed) =>
    signedAs(jsonOf(seed), `sha1=${hmac('sha1', SECRET, jsonOf(seed))}`),
  'SHA-1 named SHA-256': (seed) =>
    signedAs(jsonOf(seed), `sha256=${hmac('sha1', SECRET, jsonOf(seed))}`),
  'a signature twice': async (seed) => {
    const right = `sha256=${hmac('sha256', SECRET, jsonOf(seed))}`;
    return signedAs(jsonOf(seed), `${right}, ${right}`);
  },
  'capitals in the signature': (seed) =>
    signedAs(jsonOf(seed), `SHA256=${hmac('sha256', SECRET, jsonOf(seed))}`),
  'a signature cut short': (seed) =>
    signedAs(
      jsonOf(seed),
      `sha256=${hmac('sha256', SECRET, jsonOf(seed)).slice(0, seed.number % 64)}`,
    ),
  'the old header alone': async (seed) => {
    const event = await githubEvent(jsonOf(seed));
    const { 'x-hub-signature-256': right = '', ...headers } = event.headers;
    return { ...event, headers: { ...headers, 'x-hub-signature': right } };
  },
  'the body written anew': async (seed) => {
    const payload = jsonOf(seed);
    return { ...(await githubEvent(payload)), body: JSON.stringify(JSON.parse(payload), null, 1) };
  },
  'the body in another normal form': async () => ({
    ...(await githubEvent('{"a":"\u00e9"}')),
    body: '{"a":"e\u0301"}',
  }),
  'the body with an end': async (seed) => ({
    ...(await githubEvent(jsonOf(seed))),
    body: `${jsonOf(seed)}${seed.text || ' '}`,
  }),
  'text that says it is base64': async (seed) => ({
    ...(await githubEvent(jsonOf(seed))),
    isBase64Encoded: true,
  }),
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
};

const forged = (fields: [string, string][], change: Partial<LambdaFunctionURLEvent>) => ({
  ...twilioEvent(fields),
  ...change,
});

const twilio: Readonly<Record<string, Forge>> = {
  'arbitrary bytes': ({ bytes, text }) =>
    urlEvent({
      headers: { 'content-type': FORM, 'x-twilio-signature': text, host: text },
      rawQueryString: text,
      body: Buffer.from(bytes),
    }),
  'another signature': ({ bytes }) =>
    urlEvent({
      headers: {
        'content-type': FORM,
        host: HOST,
        'x-twilio-signature': createHash('sha1').update(bytes).digest('base64'),
      },
      body: 'A=1',
    }),
  'another path': ({ text }) => forged([['A', '1']], { rawPath: `/${text}x` }),
  'another query': ({ text }) => forged([['A', '1']], { rawQueryString: `${text}=1` }),
  'another host': ({ text }) =>
    twilioEvent([['A', '1']], { headers: { host: `${text}x.example.com` } }, `https://${HOST}/`),
  'one more field': ({ text }) =>
    forged([['A', '1']], { body: `A=1&x${encodeURIComponent(text.toWellFormed())}=1` }),
  'a repeat that is not signed': ({ number }) =>
    forged([['A', '1']], { body: `A=1&A=${number + 2}` }),
  'a form as JSON': ({ text }) =>
    twilioEvent([['A', text.toWellFormed()]], { headers: { 'content-type': JSON_TYPE } }),
  'JSON as a form': (seed) => {
    const event = twilioJsonEvent(jsonOf(seed));
    return { ...event, headers: { ...event.headers, 'content-type': FORM } };
  },
  'another JSON body': (seed) => ({ ...twilioJsonEvent('{}'), body: `${jsonOf(seed)} ` }),
  'the digest of another body': (seed) => {
    const event = twilioJsonEvent('{}');
    const digest = createHash('sha256').update(jsonOf(seed)).digest('hex');
    return { ...event, rawQueryString: `bodySHA256=${digest}`, body: jsonOf(seed) };
  },
  'two digests': (seed) => {
    const event = twilioJsonEvent('{}');
    const digest = createHash('sha256').update(jsonOf(seed)).digest('hex');
    const rawQueryString = `bodySHA256=${digest}&${event.rawQueryString}`;
    return { ...event, rawQueryString, body: jsonOf(seed) };
  },
};

describe.each([
  ['GitHub', githubScene, github],
  ['Twilio', twilioScene, twilio],
] as const)('of forged and malformed requests of %s none is let in', (_, scene, classes) => {
  const numRuns = Math.ceil(TOTAL / 2 / Object.keys(classes).length);
  let sent = 0;

  it.each(Object.entries(classes))('%s', async (_name, forge) => {
    const { entries, post } = scene();
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        sent += 1;
        expect([401, 405, 413, 415]).toContain((await post(await forge(seed))).status);
      }),
      { numRuns },
    );
    expect(entries).toEqual([]);
  });

  afterAll(() => expect(sent).toBeGreaterThanOrEqual(TOTAL / 2));
});

describe('of what is signed, whatever it holds, nothing makes an error of ours', () => {
  const anyText = fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.json());

  it('GitHub', async () => {
    const { post } = githubScene();
    await fc.assert(
      fc.asyncProperty(anyText, fc.string({ unit: 'binary' }), async (payload, header) => {
        const headers = { 'x-github-event': header, 'x-github-delivery': header };
        const answers = [
          await post(await githubEvent(payload)),
          await post(await githubEvent(payload, headers)),
          await post(await githubEvent(payload, { 'content-type': FORM })),
        ];
        for (const { status } of answers) expect([202, 400]).toContain(status);
      }),
      { numRuns: 500 },
    );
  });

  it('Twilio', async () => {
    const { entries, post } = twilioScene();
    const value = fc.string({ unit: 'binary' });
    const name = fc.oneof(
      value,
      fc.constantFrom('Payload', 'PayloadType', 'MessageSid', 'toString'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, value)), anyText, async (fields, text) => {
        const answers = [
          await post(
            twilioEvent([...fields, ['PayloadType', 'application/json'], ['Payload', text]]),
          ),
          await post(twilioJsonEvent(text)),
        ];
        for (const { status } of answers) expect([202, 400]).toContain(status);
      }),
      { numRuns: 500 },
    );
    for (const { detail } of entries) expect(() => JSON.parse(detail)).not.toThrow();
  });
});
