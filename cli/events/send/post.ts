import { randomUUID } from 'node:crypto';
import { toWebhookRequest } from '../../../functions/common/webhook/http.ts';
import { deliveryId } from '../../../functions/common/webhook/provider.ts';
import { describeTwilioWebhook } from '../../../functions/twilio-webhook/describe.ts';
import { sendGitHub, type WebhookResponse } from '../../../local/demo/github.ts';
import { formOf, sendTwilio, type TwilioContent } from '../../../local/demo/twilio.ts';
import { handleNoAnswer, type Receipt } from './sending.ts';
import type { Provider, WebhookTarget } from './webhook-target.ts';

/** What to do about an answer other than 2xx, by status (docs/webhooks.md, "Responses"). */
function remedyOf(status: number, provider: Provider): string {
  const remedies: Readonly<Record<number, string>> = {
    400: 'The signature holds, but the payload or a header is not what the function accepts.',
    401: `The function refused the signature: the secret it reads, or the URL it expects, is another one${
      provider === 'Twilio' ? ' (for a proxy: TwilioWebhookPublicUrl)' : ''
    }. Check with npm run doctor.`,
    403: 'The function URL refuses everybody: deploy the stack again (npm run deploy).',
    404: 'There is no function at this address: check --url and the stack.',
    405: 'This address takes no POST: check --url.',
    413: 'The body is too large: a function URL takes 6 MB.',
    415: 'The function does not accept this content type.',
    429: 'More requests at once than WebhookReservedConcurrency: send fewer, or raise it.',
  };
  return remedies[status] ?? 'The function failed: its log lines and npm run doctor tell why.';
}

const toReceipt = (
  { status, body }: WebhookResponse,
  ids: readonly string[],
  provider: Provider,
): Receipt => {
  const receipt = { ids, status, answer: body };
  if (status >= 200 && status < 300) return receipt;
  return {
    ...receipt,
    problem: `${provider}'s webhook was answered ${status}. ${remedyOf(status, provider)}`,
  };
};

export interface GitHubWebhook {
  readonly event: string;
  /** JSON text. */
  readonly body: string;
  /** `X-GitHub-Delivery`; by default, a new UUID. */
  readonly delivery?: string | undefined;
}

/** Sends a webhook signed as GitHub signs. Its id is what the function makes of the delivery id. */
export async function postGitHub(
  { url, secret }: WebhookTarget,
  { event, body, delivery = randomUUID() }: GitHubWebhook,
): Promise<Receipt> {
  const response = await sendGitHub(url, secret, body, event, delivery).catch(handleNoAnswer(url));
  return toReceipt(response, [deliveryId([delivery], Buffer.from(body))], 'GitHub');
}

/** The delivery ids that the function gives a Twilio webhook, one for each event. */
function twilioIds(content: TwilioContent): string[] {
  const [type, body] =
    'fields' in content
      ? ['application/x-www-form-urlencoded', formOf(content.fields)]
      : ['application/json', content.json];
  const description = describeTwilioWebhook(
    toWebhookRequest({ headers: { 'content-type': type }, body }),
  );
  return description.kind === 'events' ? description.entries.map(({ id }) => id) : [];
}

/** Sends a webhook signed as Twilio signs. */
export async function postTwilio(
  { url, signedUrl, secret }: WebhookTarget,
  content: TwilioContent,
): Promise<Receipt> {
  const request = { url, signedUrl, authToken: secret, ...content };
  const response = await sendTwilio(request).catch(handleNoAnswer(url));
  return toReceipt(response, twilioIds(content), 'Twilio');
}
