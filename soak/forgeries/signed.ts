import { sign } from '@octokit/webhooks-methods';
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { urlEvent } from './url-event.ts';

export const FORM = 'application/x-www-form-urlencoded';

export const DELIVERY = '72d3162e-cc78-11e3-81ab-4c9367dc0958';

/** A request as GitHub makes it, signed over its exact text. */
export async function githubRequest(
  secret: string,
  payload: string,
  headers: Record<string, string> = {},
): Promise<LambdaFunctionURLEvent> {
  const all = {
    'content-type': 'application/json',
    'x-github-event': 'issues',
    'x-github-delivery': DELIVERY,
    'x-github-hook-id': '42',
    'x-hub-signature-256': payload === '' ? '' : await sign(secret, payload),
    ...headers,
  };
  return urlEvent({ headers: all, body: payload });
}

export type FormFields = readonly (readonly [string, string])[];

const toForm = (fields: FormFields): URLSearchParams =>
  new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value]));

/** A form's fields as Twilio signs them: with every value of a repeated name. */
export function signedParams(fields: FormFields): Record<string, string[]> {
  const form = toForm(fields);
  return Object.fromEntries([...new Set(form.keys())].map((name) => [name, form.getAll(name)]));
}

/** An account's auth token, and the host of its webhook URL. */
export interface TwilioAccount {
  readonly token: string;
  readonly host: string;
}

export interface TwilioTarget {
  readonly rawPath?: string;
  readonly rawQueryString?: string;
  readonly headers?: Record<string, string>;
}

const urlOf = (host: string, { rawPath = '/', rawQueryString = '' }: TwilioTarget): string =>
  `https://${host}${rawPath}${rawQueryString === '' ? '' : `?${rawQueryString}`}`;

/** A form as Twilio sends it, signed by Twilio's own library over `signedUrl` (by default the request's own URL). */
export function twilioForm(
  { token, host }: TwilioAccount,
  fields: FormFields,
  target: TwilioTarget = {},
  signedUrl = urlOf(host, target),
): LambdaFunctionURLEvent {
  const signature = webhooks.getExpectedTwilioSignature(token, signedUrl, signedParams(fields));
  const { headers, ...rest } = target;
  return urlEvent({
    ...rest,
    headers: { 'content-type': FORM, host, 'x-twilio-signature': signature, ...headers },
    body: toForm(fields).toString(),
  });
}

/** A JSON body as Twilio sends it: the query contains its digest, and the URL is signed. */
export function twilioJson(
  account: TwilioAccount,
  body: string,
  rawQueryString = '',
): LambdaFunctionURLEvent {
  const hash = webhooks.getExpectedBodyHash(body);
  const query = `${rawQueryString}${rawQueryString === '' ? '' : '&'}bodySHA256=${hash}`;
  const target = { rawQueryString: query, headers: { 'content-type': 'application/json' } };
  return { ...twilioForm(account, [], target), body };
}
