import type { LambdaFunctionURLEvent } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FormFields, githubEvent, githubScene, twilioEvent, twilioScene } from './kit.ts';

type Change = (event: LambdaFunctionURLEvent) => LambdaFunctionURLEvent;

const withHeaders =
  (headers: Record<string, string>): Change =>
  (event) => ({ ...event, headers: { ...event.headers, ...headers } });
const withBody =
  (change: (body: string) => string): Change =>
  (event) => ({ ...event, body: change(event.body ?? '') });

describe('what GitHub does not sign may change', () => {
  const PAYLOAD = '{"action":"opened"}';

  it.each<[string, Change]>([
    ['the path', (event) => ({ ...event, rawPath: '/elsewhere' })],
    ['the query', (event) => ({ ...event, rawQueryString: 'a=1' })],
    ['the host', withHeaders({ host: 'example.com' })],
    ['any other header', withHeaders({ 'user-agent': 'x', 'x-forwarded-for': '192.0.2.9' })],
    ['the SHA-1 signature', withHeaders({ 'x-hub-signature': 'sha1=0' })],
    ["the content type's parameters", withHeaders({ 'content-type': 'application/json;a=b' })],
    [
      'how Lambda wraps the body',
      (event) => ({
        ...event,
        body: Buffer.from(event.body ?? '').toString('base64'),
        isBase64Encoded: true,
      }),
    ],
  ])('%s', async (_, change) => {
    const { entries, post } = githubScene();
    expect((await post(change(await githubEvent(PAYLOAD)))).status).toBe(202);
    expect(entries[0]?.detail).toBe(PAYLOAD);
  });
});

describe('what GitHub signs may not change', () => {
  it('no bit of the body', async () => {
    const payload = fc.json().filter((text) => text.length > 0);
    await fc.assert(
      fc.asyncProperty(payload, fc.nat(), async (text, at) => {
        const { entries, post } = githubScene();
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

describe('what Twilio does not sign may change', () => {
  it.each<[string, Change]>([
    ['any other header', withHeaders({ 'user-agent': 'x', 'x-forwarded-host': 'example.com' })],
    ['the order of the fields', withBody((body) => body.split('&').toReversed().join('&'))],
    ['how the form is encoded', withBody((body) => body.replaceAll('+', '%20'))],
    [
      'capitals in its encoding',
      withBody((body) => body.replaceAll(/%../g, (hex) => hex.toLowerCase())),
    ],
    ['one more of the same value', withBody((body) => `${body}&Media=a`)],
    ['where a name ends and its value begins', withBody((body) => body.replace('From=', 'Fro=m'))],
    ['the default port', withHeaders({ host: 'mycompany.com:443' })],
    [
      'capitals in the encoding of the query',
      (event) => ({ ...event, rawQueryString: 'x=1&y=%2b&z=' }),
    ],
  ])('%s', async (_, change) => {
    expect((await twilioScene().post(change(twilioEvent(FIELDS, TARGET)))).status).toBe(202);
  });
});

describe('what Twilio signs may not change', () => {
  it.each<[string, Change]>([
    ['the path', (event) => ({ ...event, rawPath: '/a%2fc/' })],
    ['the encoding of the path', (event) => ({ ...event, rawPath: '/a/b/' })],
    ['the final slash of a path', (event) => ({ ...event, rawPath: '/a%2fb' })],
    ['a value of the query', (event) => ({ ...event, rawQueryString: 'x=2&y=%2B&z=' })],
    ['the order of the query', (event) => ({ ...event, rawQueryString: 'y=%2B&x=1&z=' })],
    ['one more in the query', (event) => ({ ...event, rawQueryString: 'x=1&y=%2B&z=&w=' })],
    ['no query', (event) => ({ ...event, rawQueryString: '' })],
    ['the host', withHeaders({ host: 'mycompany.org' })],
    ['a value', withBody((body) => body.replace('4158675309', '4158675308'))],
    ['a name', withBody((body) => body.replace('From=', 'from='))],
    ['one more field', withBody((body) => `${body}&To=1`)],
    ['one field less', withBody((body) => body.replace(/^From=[^&]*&/, ''))],
    ['one repeat less', withBody((body) => body.replace('&Media=a', ''))],
    ['no body', withBody(() => '')],
    ['the content type', withHeaders({ 'content-type': 'application/json' })],
  ])('%s', async (_, change) => {
    const { entries, post } = twilioScene();
    expect((await post(change(twilioEvent(FIELDS, TARGET)))).status).toBe(401);
    expect(entries).toEqual([]);
  });

  it('no character of any value', async () => {
    const value = fc.string({ minLength: 1 }).filter((text) => text.isWellFormed());
    await fc.assert(
      fc.asyncProperty(value, fc.nat(), async (text, at) => {
        const index = at % text.length;
        const other = text[index] === 'q' ? 'Q' : 'q';
        const changed = `${text.slice(0, index)}${other}${text.slice(index + 1)}`;
        fc.pre(changed.isWellFormed());
        const event = twilioEvent([['Body', text]]);
        const body = new URLSearchParams([['Body', changed]]).toString();
        expect((await twilioScene().post({ ...event, body })).status).toBe(401);
      }),
      { numRuns: 500 },
    );
  });
});
