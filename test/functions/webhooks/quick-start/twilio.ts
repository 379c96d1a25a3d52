import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { urlEvent } from '../../harness.ts';
import { HOST, TOKEN, twilioEvent, twilioJsonEvent } from '../harness.ts';
import { failure, forwarded, improved, invalidSignature, kept, type Row } from './rows.ts';

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

export const twilioRows: readonly Row[] = [
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
