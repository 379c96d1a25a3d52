import type { LambdaFunctionURLEvent } from 'aws-lambda';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { describe, expect, it } from 'vitest';
import { urlEvent } from '../harness.ts';
import {
  createGitHubHarness,
  createTwilioHarness,
  FORM,
  githubEvent,
  HOST,
  TOKEN,
  twilioEvent,
  twilioJsonEvent,
} from './harness.ts';

/** A receiver's response, and the event that it published, if any. */
interface Behaviour {
  readonly status: number;
  readonly body?: string;
  readonly detailType?: string;
  readonly detail?: string;
}

/**
 * What AWS's quick start does with a request (measured by running its `app.py`), and what this stack does with it. A row
 * is `kept` if both do the same. Every difference must be listed here as `improved`.
 */
interface Row {
  readonly what: string;
  readonly change: 'kept' | 'improved';
  readonly request: () => LambdaFunctionURLEvent | Promise<LambdaFunctionURLEvent>;
  readonly quickStart: Behaviour;
  readonly ours: Behaviour;
}

type Request = Row['request'];

const kept = (what: string, request: Request, behaviour: Behaviour): Row => ({
  what,
  change: 'kept',
  request,
  quickStart: behaviour,
  ours: behaviour,
});

const improved = (what: string, request: Request, from: Behaviour, to: Behaviour): Row => ({
  what,
  change: 'improved',
  request,
  quickStart: from,
  ours: to,
});

const forwarded = { status: 202, body: 'Message forwarded to Amazon EventBridge' };
const invalidSignature = { status: 401, body: 'Invalid Signature' };
const failure = { status: 500, body: 'Internal Server Error' };
const notJson = { status: 400, body: 'The body is not a JSON object' };
const github = (payload: string, headers?: Record<string, string>) => () =>
  githubEvent(payload, headers);
const base64 = async (payload: string) => ({
  ...(await githubEvent(payload)),
  body: Buffer.from(payload).toString('base64'),
  isBase64Encoded: true,
});
const form = `payload=${encodeURIComponent('{"a": 1}')}`;
const spaced = '{ "a" : 1, "a" : 2 }';
const large = JSON.stringify({ text: 'x'.repeat(300_000) });

const githubRows: readonly Row[] = [
  kept('a JSON body', github(spaced), { ...forwarded, detailType: 'issues', detail: spaced }),
  kept('a form', github(form, { 'content-type': FORM }), { ...forwarded, detail: '{"a": 1}' }),
  kept('a body in base64', () => base64(spaced), { ...forwarded, detail: spaced }),
  kept('a ping', github('{}', { 'x-github-event': 'ping' }), { ...forwarded, detailType: 'ping' }),
  kept('a charset', github('{}', { 'content-type': 'application/json; charset=utf-8' }), forwarded),
  kept('a body of 300 KB', github(large), { ...forwarded, detail: large }),
  kept('no signature', github('{}', { 'x-hub-signature-256': '' }), invalidSignature),
  kept('another signature', github('{}', { 'x-hub-signature-256': 'sha256=00' }), invalidSignature),
  kept('a SHA-1 signature', github('{}', { 'x-hub-signature-256': 'sha1=00' }), invalidSignature),
  kept(
    'a signature in capitals',
    github('{}', { 'x-hub-signature-256': `sha256=${'A'.repeat(64)}` }),
    invalidSignature,
  ),
  improved(
    'a signature that is not ASCII',
    github('{}', { 'x-hub-signature-256': 'sha256=é' }),
    failure,
    invalidSignature,
  ),
  improved(
    'a content type in capitals',
    github('{}', { 'content-type': 'Application/JSON' }),
    { status: 400, body: 'Unsupported content-type' },
    forwarded,
  ),
  improved(
    'another content type',
    github('{}', { 'content-type': 'text/plain' }),
    { status: 400, body: 'Unsupported content-type' },
    {
      status: 415,
      body: 'Unsupported content-type: accepted are application/json and application/x-www-form-urlencoded',
    },
  ),
  improved(
    'no body and no signature',
    () => urlEvent({ headers: { 'content-type': 'application/json' } }),
    { status: 400, body: 'Missing event body' },
    invalidSignature,
  ),
  improved(
    'no headers at all',
    () => ({ ...urlEvent({ body: '{}' }), headers: Object(null) }),
    failure,
    {
      status: 415,
    },
  ),
  improved(
    'what is not JSON and not signed',
    () => urlEvent({ headers: { 'content-type': 'application/json' }, body: '{' }),
    { status: 400, body: 'Invalid JSON payload' },
    invalidSignature,
  ),
  improved('what is not JSON', github('{'), { status: 400, body: 'Invalid JSON payload' }, notJson),
  improved(
    'a byte order mark',
    github('\ufeff{}'),
    { status: 400, body: 'Invalid JSON payload' },
    notJson,
  ),
  ...['1', '[1]', '{"a":NaN}'].map((payload) =>
    improved(`the payload ${payload}`, github(payload), { status: 500 }, notJson),
  ),
  improved(
    'a form without payload',
    github('a=1', { 'content-type': FORM }),
    { status: 400, body: 'Invalid urlencoded payload' },
    {
      status: 400,
      body: 'The form does not have exactly one field "payload" that is a JSON object',
    },
  ),
  improved(
    'an empty event header',
    github('{}', { 'x-github-event': '' }),
    { status: 500 },
    { status: 400, body: 'Missing headers: X-GitHub-Event' },
  ),
  improved(
    'no event header',
    async () => {
      const event = await githubEvent('{}');
      const { 'x-github-event': _, ...headers } = event.headers;
      return { ...event, headers };
    },
    { ...forwarded, detailType: 'github-webhook-lambda' },
    { status: 400, body: 'Missing headers: X-GitHub-Event' },
  ),
  improved(
    'another method',
    async () => {
      const event = await githubEvent('{}');
      const http = { ...event.requestContext.http, method: 'PUT' };
      return { ...event, requestContext: { ...event.requestContext, http } };
    },
    forwarded,
    { status: 405, body: 'Method not allowed: use POST' },
  ),
];

const P = [
  ['To', '+18005551212'],
  ['Body', 'héllo'],
] as const;
const sms = [...P, ['SmsStatus', 'received']] as const;
const repeats = [
  ['A', '2'],
  ['A', '1'],
] as const;
const url = `https://${HOST}/`;
const signatureOver = (signed: string): string =>
  webhooks.getExpectedTwilioSignature(TOKEN, signed, {});
const json = (body: string, signature: string) => () =>
  urlEvent({
    headers: { 'content-type': 'application/json', host: HOST, 'x-twilio-signature': signature },
    body,
  });
const twiml = { status: 202, body: '<?xml version="1.0" encoding="UTF-8"?><Response/>' };
const empty = { status: 202, body: '' };

const twilioRows: readonly Row[] = [
  improved('a message', () => twilioEvent(sms), forwarded, {
    ...twiml,
    detailType: 'twilio-webhook-lambda',
    detail: '{"To":"+18005551212","Body":"héllo","SmsStatus":"received"}',
  }),
  improved('anything else', () => twilioEvent(P), forwarded, {
    ...empty,
    detail: '{"To":"+18005551212","Body":"héllo"}',
  }),
  improved(
    'a signed query',
    () => twilioEvent(P, { rawQueryString: 'a=1' }),
    invalidSignature,
    empty,
  ),
  improved(
    'a query that is not signed',
    () => twilioEvent(P, { rawQueryString: 'a=1' }, url),
    forwarded,
    invalidSignature,
  ),
  improved(
    'the default port, signed',
    () => twilioEvent(P, {}, `https://${HOST}:443/`),
    invalidSignature,
    empty,
  ),
  improved(
    'no final slash where it was signed',
    () => twilioEvent(P, {}, `https://${HOST}`),
    invalidSignature,
    empty,
  ),
  improved('repeats, all signed', () => twilioEvent(repeats), invalidSignature, {
    ...empty,
    detail: '{"A":["2","1"]}',
  }),
  improved(
    'repeats, one signed',
    () => ({ ...twilioEvent([['A', '2']]), body: 'A=2&A=1' }),
    forwarded,
    invalidSignature,
  ),
  improved('JSON', () => twilioJsonEvent('{"a": 1}'), invalidSignature, {
    ...empty,
    detail: '{"a": 1}',
  }),
  improved(
    'JSON, its first letters signed',
    json('{"a":"bcd"}', signatureOver(`${url}ab`)),
    forwarded,
    invalidSignature,
  ),
  improved(
    'empty JSON under a signature of the URL',
    json('{}', signatureOver(url)),
    forwarded,
    invalidSignature,
  ),
  improved(
    'a JSON array, not signed',
    json('[1]', signatureOver(url)),
    { status: 500 },
    invalidSignature,
  ),
  improved(
    'a Payload that is not the JSON it says',
    () =>
      twilioEvent([
        ['PayloadType', 'application/json'],
        ['Payload', '{'],
      ]),
    { status: 500 },
    { ...empty, detail: '{"PayloadType":"application/json","Payload":"{"}' },
  ),
  improved('a signature that is not ASCII', json('{}', 'é'), failure, invalidSignature),
  improved(
    'no host header',
    () => {
      const event = twilioEvent(P);
      const { host, ...headers } = event.headers;
      return { ...event, headers };
    },
    failure,
    invalidSignature,
  ),
  improved(
    'another content type',
    () => urlEvent({ headers: { 'content-type': 'text/plain' }, body: 'x' }),
    { status: 400, body: 'Invalid content-type' },
    {
      status: 415,
      body: 'Unsupported content-type: accepted are application/x-www-form-urlencoded and application/json',
    },
  ),
  kept('another signature', json('{}', signatureOver('x')), invalidSignature),
  improved('nothing but a signed URL', () => twilioEvent([]), forwarded, {
    ...empty,
    detail: '{}',
  }),
  improved('blank values', () => twilioEvent([['a', '']]), forwarded, {
    ...empty,
    detail: '{"a":""}',
  }),
];

const isSame = (row: Row): boolean => JSON.stringify(row.ours) === JSON.stringify(row.quickStart);

async function behaviourOf(
  { entries, post }: ReturnType<typeof createGitHubHarness>,
  event: LambdaFunctionURLEvent,
): Promise<Behaviour> {
  const { status, body } = await post(event);
  return { status, body, ...entries[0] };
}

describe.each([
  ['GitHub', createGitHubHarness, githubRows],
  ['Twilio', createTwilioHarness, twilioRows],
] as const)("a webhook of %s, against AWS's quick start", (_, createHarness, rows) => {
  it.each(rows.map((row) => [row.change, row.what, row] as const))(
    '%s: %s',
    async (change, _what, row) => {
      expect(await behaviourOf(createHarness(), await row.request())).toMatchObject(row.ours);
      expect(isSame(row)).toBe(change === 'kept');
    },
  );

  it('is accepted if the bus rejects the event', async () => {
    const outcome = {
      outcome: 'spilled',
      messageId: 'spilled-1',
      errorCode: 'InternalFailure',
    } as const;
    const event = createHarness === createGitHubHarness ? await githubEvent('{}') : twilioEvent(P);
    expect((await behaviourOf(createHarness({ outcome }), event)).status).toBe(202);
  });

  it('is answered with 500 and no reason if the secret cannot be read', async () => {
    const event = createHarness === createGitHubHarness ? await githubEvent('{}') : twilioEvent(P);
    const response = await behaviourOf(createHarness({ secretError: new Error('no') }), event);
    expect(response).toMatchObject(failure);
  });
});
