import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { bodyText, type WebhookRequest } from '#common/webhook/request.ts';
import type { Verify } from '#common/webhook/signing-secret.ts';
import { formFields } from './form.ts';

const SIGNATURE = /^[A-Za-z0-9+/]{27}=$/;

/**
 * The URLs that Twilio may have signed for this request: raw path and raw query, never re-encoded. A bare host may
 * have been entered at Twilio with or without the final slash, which HTTP cannot tell apart.
 *
 * @param publicUrl where Twilio was told to call, when that is not the function URL. Without a path it stands for the
 *   host alone, and the path is the request's.
 */
export function signedUrls(
  { host, rawPath, rawQueryString }: WebhookRequest,
  publicUrl?: string,
): string[] {
  const [, bareHost] = /^(https:\/\/[^/]+)\/?$/.exec(publicUrl ?? '') ?? [];
  const origin = bareHost ?? `https://${host}`;
  const ofPath = rawPath === '/' ? [`${origin}/`, origin] : [`${origin}${rawPath}`];
  const isWhole = publicUrl !== undefined && bareHost === undefined;
  const bases = isWhole ? [publicUrl] : ofPath;
  return bases.map((base) => (rawQueryString === '' ? base : `${base}?${rawQueryString}`));
}

/** Twilio's own verifier ("Webhooks security"): every field and repeat of a form, `bodySHA256` for other bodies. */
export function signatureOf(request: WebhookRequest, publicUrl?: string): Verify | undefined {
  const signature = request.headers['x-twilio-signature'] ?? '';
  const text = bodyText(request);
  if (!SIGNATURE.test(signature) || text === undefined) return undefined;
  const urls = signedUrls(request, publicUrl);
  return (secret) => urls.some((url) => isSigned(request, { secret, signature, text, url }));
}

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
