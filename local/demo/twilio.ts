import { randomBytes, randomUUID } from 'node:crypto';
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

interface TwilioRequest {
  /** Where the request is sent. */
  readonly url: string;
  /** The URL configured at Twilio, which is part of the signature. */
  readonly signedUrl: string;
  readonly authToken: string;
  readonly fields: Record<string, string>;
  /** Identifies the delivery across its retries. */
  readonly idempotencyToken?: string;
}

/** Sends a webhook as Twilio does: a form, signed over the public URL and the fields. */
export async function sendTwilio({
  url,
  signedUrl,
  authToken,
  fields,
  idempotencyToken = randomUUID(),
}: TwilioRequest) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'i-twilio-idempotency-token': idempotencyToken,
      'x-twilio-signature': webhooks.getExpectedTwilioSignature(authToken, signedUrl, fields),
    },
    body: new URLSearchParams(fields),
  });
  return readResponse(response);
}
