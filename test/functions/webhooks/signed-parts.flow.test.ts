import type { LambdaFunctionURLEvent } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createGitHubHarness,
  createTwilioHarness,
  type FormFields,
  githubEvent,
  twilioEvent,
} from './harness.ts';

type Change = (event: LambdaFunctionURLEvent) => LambdaFunctionURLEvent;

const withHeaders =
  (headers: Record<string, string>): Change =>
  (event) => ({ ...event, headers: { ...event.headers, ...headers } });
const withBody =
  (change: (body: string) => string): Change =>
  (event) => ({ ...event, body: change(event.body ?? '') });

describe('a GitHub webhook remains valid after a change of', () => {
  const PAYLOAD = '{"action":"opened"}';

  it.each<[string, Change]>([
    ['the path', (event) => ({ ...event, rawPath: '/elsewhere' })],
    ['the query', (event) => ({ ...event, rawQueryString: 'a=1' })],
    ['the host', withHeaders({ host: 'example.com' })],
    ['any other header', withHeaders({ 'user-agent': 'x', 'x-forwarded-for': '192.0.2.9' })],
    ['the SHA-1 signature', withHeaders({ 'x-hub-signature': 'sha1=0' })],
    ["the content type's parameters", withHeaders({ 'content-type': 'application/json;a=b' })],
    [
      'the encoding of the body in the Lambda event',
      (event) => ({
        ...event,
        body: Buffer.from(event.body ?? '').toString('base64'),
        isBase64Encoded: true,
      }),
    ],
  ])('%s', async (_, change) => {
    const { entries, post } = createGitHubHarness();
    expect((await post(change(await githubEvent(PAYLOAD)))).status).toBe(202);
    expect(entries[0]?.detail).toBe(PAYLOAD);
  });
});

describe('a GitHub webhook becomes invalid after a change of', () => {
  it('any bit of the body', async () => {
    const payload = fc.json().filter((text) => text.length > 0);
    await fc.assert(
      fc.asyncProperty(payload, fc.nat(), async (text, at) => {
        const { entries, post } = createGitHubHarness();
        const body = Buffer.from(text);
        const bit = at % (body.length * 8);
        body[bit >> 3] = (body[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const changed = { body: body.toString('base64'), isBase64Encoded: true };
        expect((await post({ ...(await githubEvent(text)), ...changed })).status).toBe(401);
        expect(entries).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

const FIELDS: FormFields = [
  ['From', '+14158675309'],
  ['Body', "it's + & = é"],
  ['Media', 'b'],
  ['Media', 'a'],
];
const TARGET = { rawPath: '/a%2fb/', rawQueryString: 'x=1&y=%2B&z=' };

describe('a Twilio webhook remains valid after a change of', () => {
  it.each<[string, Change]>([
    ['any other header', withHeaders({ 'user-agent': 'x', 'x-forwarded-host': 'example.com' })],
    ['the order of the fields', withBody((body) => body.split('&').toReversed().join('&'))],
    ['the encoding of the form', withBody((body) => body.replaceAll('+', '%20'))],
    [
      'the case of its percent-encoding',
      withBody((body) => body.replaceAll(/%../g, (hex) => hex.toLowerCase())),
    ],
    ['the number of repeats of a value', withBody((body) => `${body}&Media=a`)],
    [
      'the boundary between a name and its value',
      withBody((body) => body.replace('From=', 'Fro=m')),
    ],
    ['the default port', withHeaders({ host: 'mycompany.com:443' })],
    [
      'the case of the percent-encoding of the query',
      (event) => ({ ...event, rawQueryString: 'x=1&y=%2b&z=' }),
    ],
  ])('%s', async (_, change) => {
    expect((await createTwilioHarness().post(change(twilioEvent(FIELDS, TARGET)))).status).toBe(
      202,
    );
  });
});

describe('a Twilio webhook becomes invalid after a change of', () => {
  it.each<[string, Change]>([
    ['the path', (event) => ({ ...event, rawPath: '/a%2fc/' })],
    ['the encoding of the path', (event) => ({ ...event, rawPath: '/a/b/' })],
    ['the final slash of a path', (event) => ({ ...event, rawPath: '/a%2fb' })],
    ['a value of the query', (event) => ({ ...event, rawQueryString: 'x=2&y=%2B&z=' })],
    ['the order of the query', (event) => ({ ...event, rawQueryString: 'y=%2B&x=1&z=' })],
    [
      'the number of query parameters',
      (event) => ({ ...event, rawQueryString: 'x=1&y=%2B&z=&w=' }),
    ],
    ['the presence of a query', (event) => ({ ...event, rawQueryString: '' })],
    ['the host', withHeaders({ host: 'mycompany.org' })],
    ['a value', withBody((body) => body.replace('4158675309', '4158675308'))],
    ['a name', withBody((body) => body.replace('From=', 'from='))],
    ['the fields, with one added', withBody((body) => `${body}&To=1`)],
    ['the fields, with one removed', withBody((body) => body.replace(/^From=[^&]*&/, ''))],
    ['the repeats, with one removed', withBody((body) => body.replace('&Media=a', ''))],
    ['the body, to an empty one', withBody(() => '')],
    ['the content type', withHeaders({ 'content-type': 'application/json' })],
  ])('%s', async (_, change) => {
    const { entries, post } = createTwilioHarness();
    expect((await post(change(twilioEvent(FIELDS, TARGET)))).status).toBe(401);
    expect(entries).toEqual([]);
  });

  it('any character of any value', async () => {
    const value = fc.string({ minLength: 1 }).filter((text) => text.isWellFormed());
    await fc.assert(
      fc.asyncProperty(value, fc.nat(), async (text, at) => {
        const index = at % text.length;
        const other = text[index] === 'q' ? 'Q' : 'q';
        const changed = `${text.slice(0, index)}${other}${text.slice(index + 1)}`;
        fc.pre(changed.isWellFormed());
        const event = twilioEvent([['Body', text]]);
        const body = new URLSearchParams([['Body', changed]]).toString();
        expect((await createTwilioHarness().post({ ...event, body })).status).toBe(401);
      }),
      { numRuns: 500 },
    );
  });
});
