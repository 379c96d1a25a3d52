import { verify } from '@octokit/webhooks-methods';
import { bodyText, type WebhookRequest } from '#common/webhook/request.ts';
import type { Verify } from '#common/webhook/signing-secret.ts';

const SIGNATURE = /^sha256=[0-9a-f]{64}$/;

/** GitHub's HMAC-SHA-256 over the exact body; the SHA-1 header alone is not accepted ("Validating webhook deliveries"). */
export function signatureOf(request: WebhookRequest): Verify | undefined {
  const signature = request.headers['x-hub-signature-256'] ?? '';
  const text = bodyText(request);
  if (!SIGNATURE.test(signature) || !text) return undefined;
  return (secret) => verify(secret, text, signature);
}
