import { createHash } from 'node:crypto';
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { type Forgeries, JSON_TYPE, jsonOf, sizeOf } from './seed.ts';
import { FORM, type FormFields, type TwilioAccount, twilioForm, twilioJson } from './signed.ts';
import { urlEvent } from './url-event.ts';

const forged = (
  account: TwilioAccount,
  fields: FormFields,
  change: Partial<LambdaFunctionURLEvent>,
) => ({ ...twilioForm(account, fields), ...change });

/** Forged and malformed requests to the Twilio webhook of an account, by class. */
export const twilioForgeries = (account: TwilioAccount): Forgeries => ({
  'arbitrary bytes': ({ bytes, text }) =>
    urlEvent({
      headers: { 'content-type': FORM, 'x-twilio-signature': text, host: text },
      rawQueryString: text,
      body: Buffer.from(bytes),
    }),
  'wrong signature': ({ bytes }) =>
    urlEvent({
      headers: {
        'content-type': FORM,
        host: account.host,
        'x-twilio-signature': createHash('sha1').update(bytes).digest('base64'),
      },
      body: 'A=1',
    }),
  'unsigned body of any size': ({ number }) =>
    forged(account, [['A', '1']], { body: `A=${'x'.repeat(sizeOf(number))}` }),
  'another path': ({ text }) => forged(account, [['A', '1']], { rawPath: `/${text}x` }),
  'another query': ({ text }) => forged(account, [['A', '1']], { rawQueryString: `${text}=1` }),
  'signed for another host': ({ text }) =>
    twilioForm(
      account,
      [['A', '1']],
      {},
      `https://${encodeURIComponent(text.toWellFormed())}x.example.com/`,
    ),
  'added field': ({ text }) =>
    forged(account, [['A', '1']], { body: `A=1&x${encodeURIComponent(text.toWellFormed())}=1` }),
  'added repeat of a field': ({ number }) =>
    forged(account, [['A', '1']], { body: `A=1&A=${number + 2}` }),
  'form labeled as JSON': ({ text }) =>
    twilioForm(account, [['A', text.toWellFormed()]], { headers: { 'content-type': JSON_TYPE } }),
  'JSON labeled as a form': (seed) => {
    const event = twilioJson(account, jsonOf(seed));
    return { ...event, headers: { ...event.headers, 'content-type': FORM } };
  },
  'another JSON body': (seed) => ({ ...twilioJson(account, '{}'), body: `${jsonOf(seed)} ` }),
  'digest of another body, unsigned': (seed) => {
    const event = twilioJson(account, '{}');
    const digest = createHash('sha256').update(jsonOf(seed)).digest('hex');
    return { ...event, rawQueryString: `bodySHA256=${digest}`, body: jsonOf(seed) };
  },
  'two digests': (seed) => {
    const event = twilioJson(account, '{}');
    const digest = createHash('sha256').update(jsonOf(seed)).digest('hex');
    const rawQueryString = `bodySHA256=${digest}&${event.rawQueryString}`;
    return { ...event, rawQueryString, body: jsonOf(seed) };
  },
});

/** Requests that no client can send: the function URL itself sets the host. */
export const twilioEventForgeries = (account: TwilioAccount): Forgeries => ({
  'another host': ({ text }) =>
    twilioForm(
      account,
      [['A', '1']],
      { headers: { host: `${text}x.example.com` } },
      `https://${account.host}/`,
    ),
});
