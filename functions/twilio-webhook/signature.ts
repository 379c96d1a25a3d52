import { parse, stringify } from 'node:querystring';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import type { WebhookRequest } from '#common/webhook/http.ts';
import type { Verifier } from '#common/webhook/signing-secret.ts';

const SIGNATURE = /^[A-Za-z0-9+/]{27}=$/;

/** A form's fields: text, or an array in received order if repeated. */
export type FormFields = Readonly<Record<string, string | readonly string[]>>;

/**
 * Twilio's own verifier ("Webhooks security"). It covers every field and repeat of a form, and `bodySHA256` for other
 * bodies. The signed content is the URL, without credentials, followed by the form's fields.
 *
 * @param publicUrl the URL configured at Twilio, if it is not the function URL.
 */
export function createTwilioVerifier(
  request: WebhookRequest,
  publicUrl?: string,
): Verifier | undefined {
  const signature = request.headers['x-twilio-signature'] ?? '';
  const { text } = request;
  if (!SIGNATURE.test(signature) || text === undefined) return undefined;
  const urls = signedUrls(request, publicUrl);
  const fields = request.contentType === 'application/json' ? {} : formOf(request);
  return (secret) => {
    const signed = { secret, signature, text, fields };
    const url = urls.find((base) => isSigned(request, { ...signed, url: base }));
    if (url === undefined) return undefined;
    // A password must not be part of what identifies an event.
    return `${signedVariant({ ...signed, url }).replace(CREDENTIALS, '$1')}${signedFields(fields)}`;
  };
}

const CREDENTIALS = /^(https:\/\/)[^/?#]*@/;

/**
 * The URLs that Twilio may have signed for this request: raw path and raw query, never re-encoded. HTTP does not tell
 * whether a bare host was entered at Twilio with or without the final slash, and sends a URL's user and password in a
 * header.
 *
 * @param publicUrl the URL configured at Twilio, if it is not the function URL. Without a path, it replaces only the
 *   host, and the path is the request's.
 */
export function signedUrls(
  { host, rawPath, rawQueryString, headers }: WebhookRequest,
  publicUrl?: string,
): string[] {
  const [, bareHost] = /^(https:\/\/[^/]+)\/?$/.exec(publicUrl ?? '') ?? [];
  const origin = bareHost ?? `https://${host}`;
  const ofPath = rawPath === '/' ? [`${origin}/`, origin] : [`${origin}${rawPath}`];
  const isWhole = publicUrl !== undefined && bareHost === undefined;
  const bases = isWhole ? [publicUrl] : ofPath;
  const urls = bases.map((base) => (rawQueryString === '' ? base : `${base}?${rawQueryString}`));
  return [...urls, ...urls.flatMap((url) => withCredentials(url, headers['authorization']))];
}

/** The URL with the user and password that `Authorization: Basic` carries, as they are and as a URL encodes them. */
function withCredentials(url: string, authorization = ''): string[] {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=]{1,1000})$/i.exec(authorization) ?? [];
  if (encoded === undefined || CREDENTIALS.test(url)) return [];
  const [user = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const password = rest.join(':');
  const forms = new Set([
    `${user}:${password}`,
    `${encodeURIComponent(user)}:${encodeURIComponent(password)}`,
  ]);
  return [...forms].map((form) => url.replace(/^https:\/\//, () => `https://${form}@`));
}

interface SignedContent {
  readonly secret: string;
  readonly signature: string;
  readonly text: string;
  readonly fields: FormFields;
  readonly url: string;
}

function isSigned(
  { contentType }: WebhookRequest,
  { fields, secret, signature, text, url }: SignedContent,
): boolean {
  try {
    if (contentType === 'application/json') {
      return webhooks.validateRequestWithBody(secret, signature, url, text);
    }
    // Twilio never adds it to a form's URL. Accepting it would let a JSON body's signature pass for an unsigned form.
    if (url.includes('?') && new URL(url).searchParams.has('bodySHA256')) return false;
    return webhooks.validateRequest(secret, signature, url, fields);
  } catch {
    // The verifier throws if it can't parse the URL: Twilio did not sign such a request.
    return false;
  }
}

/** The form of a URL, accepted by `isSigned`, that Twilio signed. */
function signedVariant({ fields, secret, signature, url }: SignedContent): string {
  for (const variant of variantsOf(url))
    if (webhooks.getExpectedTwilioSignature(secret, variant, fields) === signature) return variant;
  return url;
}

const AUTHORITY = /^https:\/\/[^/?#]*/;

/**
 * The forms of a URL that Twilio's verifier accepts for it: with and without the port, as received, normalized, and with
 * a re-encoded query. Which of them was signed identifies a request: a replay can't change it. Nearly always it is the
 * first, so the others are made only when they are needed.
 */
function* variantsOf(url: string): Generator<string> {
  yield* portVariants(url);
  const normalized = new URL(url).href;
  yield* portVariants(normalized);
  const reencode = (_: string, query: string): string => `?${stringify(parse(query))}`;
  yield* portVariants(normalized.replace(/\?(.+)$/s, reencode));
}

function* portVariants(url: string): Generator<string> {
  const bare = url.replace(AUTHORITY, (authority) => authority.replace(/:\d+$/, ''));
  yield bare;
  yield bare.replace(AUTHORITY, (authority) => `${authority}:443`);
  yield url;
}

/** The fields as Twilio signs them: names in order, each followed by its value; equal repeats once. */
export const signedFields = (fields: FormFields): string =>
  Object.keys(fields)
    .toSorted()
    .map((name) => {
      const value = fields[name] ?? '';
      if (typeof value === 'string') return `${name}${value}`;
      return [...new Set(value)]
        .toSorted()
        .map((one) => `${name}${one}`)
        .join('');
    })
    .join('');

/** A form's fields. Names such as `__proto__` are plain keys. */
export function formFields(text: string): Record<string, string | string[]> {
  const fields = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const former = fields.get(name);
    if (former === undefined) fields.set(name, value);
    else if (typeof former === 'string') fields.set(name, [former, value]);
    else former.push(value);
  }
  return Object.fromEntries(fields);
}

const forms = new WeakMap<WebhookRequest, FormFields>();

/** The fields of a request's form, which is parsed once: signature, event and answer read it. */
export function formOf(request: WebhookRequest): FormFields {
  const fields = forms.get(request) ?? formFields(request.text ?? '');
  forms.set(request, fields);
  return fields;
}
