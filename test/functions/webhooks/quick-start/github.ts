import { urlEvent } from '../../harness.ts';
import { FORM, githubEvent } from '../harness.ts';
import { failure, forwarded, improved, invalidSignature, kept, type Row } from './rows.ts';

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

export const githubRows: readonly Row[] = [
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
