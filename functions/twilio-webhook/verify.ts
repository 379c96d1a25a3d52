import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { bodyText, type WebhookRequest } from '#common/webhook-request.ts';
import type { Verify } from '#common/webhook-secret.ts';
import { formFields } from './form.ts';

const SIGNATURE = /^[A-Za-z0-9+/]{27}=$/;

/**
 * The URL that Twilio called, as it signed it: raw path and raw query, never re-encoded.
 *
 * @param publicUrl where Twilio was told to call, when that is not the function URL.
 */
export function signedUrl(
  { host, rawPath, rawQueryString }: WebhookRequest,
  publicUrl?: string,
): string {
  const base = publicUrl ?? `https://${host}${rawPath}`;
  return rawQueryString === '' ? base : `${base}?${rawQueryString}`;
}

/** Twilio's own verifier ("Webhooks security"): every field and repeat of a form, `bodySHA256` for other bodies. */
export function signatureOf(request: WebhookRequest, publicUrl?: string): Verify | undefined {
  const signature = request.headers['x-twilio-signature'] ?? '';
  const text = bodyText(request);
  if (!SIGNATURE.test(signature) || text === undefined) return undefined;
  const base = signedUrl(request, publicUrl);
  return (secret) =>
    candidates(base, publicUrl).some((url) => isSigned(request, { secret, signature, text, url }));
}

/** A bare host may have been entered at Twilio with or without the final slash. */
const candidates = (url: string, publicUrl: string | undefined): string[] => {
  const [path = '', query] = url.split(/\?(.*)/s);
  if (publicUrl !== undefined || !/^https:\/\/[^/]+\/$/.test(path)) return [url];
  const bare = path.slice(0, -1);
  return [url, query === undefined ? bare : `${bare}?${query}`];
};

interface Signed {
  readonly secret: string;
  readonly signature: string;
  readonly text: string;
  readonly url: string;
}

function isSigned(
  { contentType }: WebhookRequest,
  { secret, signature, text, url }: Signed,
): boolean {
  try {
    if (contentType === 'application/json') {
      return webhooks.validateRequestWithBody(secret, signature, url, text);
    }
    // Twilio adds it to other bodies only: with it, a form would be a body that nobody has signed.
    if (new URL(url).searchParams.has('bodySHA256')) return false;
    return webhooks.validateRequest(secret, signature, url, formFields(text));
  } catch {
    // The verifier throws where a URL cannot be parsed: such a request was not signed by Twilio.
    return false;
  }
}
