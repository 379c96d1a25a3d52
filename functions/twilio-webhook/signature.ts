import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { bodyText, type WebhookRequest } from '#common/webhook/http.ts';
import type { Verifier } from '#common/webhook/signing-secret.ts';

const SIGNATURE = /^[A-Za-z0-9+/]{27}=$/;

/**
 * Twilio's own verifier ("Webhooks security"). It covers every field and repeat of a form, and `bodySHA256` for other
 * bodies.
 *
 * @param publicUrl the URL configured at Twilio, if it is not the function URL.
 */
export function createTwilioVerifier(
  request: WebhookRequest,
  publicUrl?: string,
): Verifier | undefined {
  const signature = request.headers['x-twilio-signature'] ?? '';
  const text = bodyText(request);
  if (!SIGNATURE.test(signature) || text === undefined) return undefined;
  const urls = signedUrls(request, publicUrl);
  return (secret) => urls.some((url) => isSigned(request, { secret, signature, text, url }));
}

/**
 * The URLs that Twilio may have signed for this request: raw path and raw query, never re-encoded. HTTP does not tell
 * whether a bare host was entered at Twilio with or without the final slash.
 *
 * @param publicUrl the URL configured at Twilio, if it is not the function URL. Without a path, it replaces only the
 *   host, and the path is the request's.
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

interface SignedContent {
  readonly secret: string;
  readonly signature: string;
  readonly text: string;
  readonly url: string;
}

function isSigned(
  { contentType }: WebhookRequest,
  { secret, signature, text, url }: SignedContent,
): boolean {
  try {
    if (contentType === 'application/json') {
      return webhooks.validateRequestWithBody(secret, signature, url, text);
    }
    // Twilio never adds it to a form's URL. Accepting it would let a JSON body's signature pass for an unsigned form.
    if (new URL(url).searchParams.has('bodySHA256')) return false;
    return webhooks.validateRequest(secret, signature, url, formFields(text));
  } catch {
    // The verifier throws if it can't parse the URL: Twilio did not sign such a request.
    return false;
  }
}

/** A form's fields: text, or an array in received order if repeated. Names such as `__proto__` are plain keys. */
export function formFields(text: string): Record<string, string | string[]> {
  const form = new URLSearchParams(text);
  const names = [...new Set(form.keys())];
  return Object.fromEntries(
    names.map((name): [string, string | string[]] => {
      const values = form.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}
