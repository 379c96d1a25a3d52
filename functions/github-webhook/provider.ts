import { verify } from '@octokit/webhooks-methods';
import type { WebhookRequest } from '#common/webhook/http.ts';
import type { Provider } from '#common/webhook/provider.ts';
import type { Verifier } from '#common/webhook/signing-secret.ts';
import { describeGitHubWebhook } from './describe.ts';

/** @param acceptedEvents names of the events to publish; `undefined`: all. */
export const createGitHubProvider = (acceptedEvents?: ReadonlySet<string>): Provider => ({
  name: 'github',
  contentTypes: ['application/json', 'application/x-www-form-urlencoded'],
  createVerifier,
  describe: (request) => describeGitHubWebhook(request, acceptedEvents),
});

const SIGNATURE = /^sha256=[0-9a-f]{64}$/;

/** HMAC-SHA-256 of the exact body ("Validating webhook deliveries"). The SHA-1 header alone is not accepted. */
function createVerifier({ body, headers, text }: WebhookRequest): Verifier | undefined {
  const signature = headers['x-hub-signature-256'] ?? '';
  if (!SIGNATURE.test(signature) || !text) return undefined;
  return async (secret) => ((await verify(secret, text, signature)) ? body : undefined);
}
