import { createHash, randomBytes, randomUUID } from 'node:crypto';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { readResponse } from './github.ts';

/** The fields of an incoming SMS, as Twilio's "Messaging webhooks" page lists them. */
export const incomingSms = (body: string): Record<string, string> => {
  const sid = `SM${randomBytes(16).toString('hex')}`;
  return {
    ToCountry: 'US',
    SmsMessageSid: sid,
    NumMedia: '0',
    SmsSid: sid,
    SmsStatus: 'received',
    Body: body,
    To: '+18005551212',
    NumSegments: '1',
    MessageSid: sid,
    AccountSid: `AC${'0'.repeat(32)}`,
    From: '+14158675309',
    ApiVersion: '2010-04-01',
  };
};

/** What a webhook carries: a form's fields, or a JSON body. */
export type TwilioContent =
  | { readonly fields: Readonly<Record<string, string | readonly string[]>> }
  | { readonly json: string };

type TwilioRequest = TwilioContent & {
  /** Where the request is sent. */
  readonly url: string;
  /** The URL configured at Twilio, which is part of the signature. */
  readonly signedUrl: string;
  readonly authToken: string;
  /** Identifies the delivery across its retries. */
  readonly idempotencyToken?: string;
};

/** Twilio signs the digest of a body that is no form in the URL ("Webhooks security"). */
function withDigest(url: string, body: string): string {
  const digest = createHash('sha256').update(body).digest('hex');
  return `${url}${url.includes('?') ? '&' : '?'}bodySHA256=${digest}`;
}

/** The body, its type, the fields that are signed, and the URLs with what Twilio adds to them. */
function toBody({ url, signedUrl, ...content }: TwilioRequest) {
  if ('fields' in content) {
    const type = 'application/x-www-form-urlencoded';
    return { url, signedUrl, type, signed: content.fields, body: formOf(content.fields) };
  }
  const { json: body } = content;
  const urls = { url: withDigest(url, body), signedUrl: withDigest(signedUrl, body) };
  return { ...urls, type: 'application/json', signed: {}, body };
}

/** A form as Twilio encodes it: a list is a field that is repeated. */
export const formOf = (fields: Readonly<Record<string, string | readonly string[]>>): string =>
  new URLSearchParams(
    Object.entries(fields).flatMap(([name, values]) =>
      [values].flat().map((value): [string, string] => [name, value]),
    ),
  ).toString();

/** Sends a webhook as Twilio does: signed over the public URL and the fields of a form, or the digest of a JSON body. */
export async function sendTwilio(request: TwilioRequest) {
  const { authToken, idempotencyToken = randomUUID() } = request;
  const { url, signedUrl, type, signed, body } = toBody(request);
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': type,
      'i-twilio-idempotency-token': idempotencyToken,
      'x-twilio-signature': webhooks.getExpectedTwilioSignature(authToken, signedUrl, signed),
    },
    body,
  });
  return readResponse(response);
}
