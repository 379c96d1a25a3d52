import { randomUUID } from 'node:crypto';
import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { sign } from '@octokit/webhooks-methods';

/** The package's own types don't match its JSON file. */
interface WebhookDefinition {
  readonly name: string;
  readonly examples: readonly { readonly action?: string }[];
}

export interface WebhookResponse {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
}

export async function readResponse(response: Response): Promise<WebhookResponse> {
  const contentType = response.headers.get('content-type') ?? '';
  return { status: response.status, body: await response.text(), contentType };
}

/** The payload of a real `issues` event with action `opened`, as GitHub sends it. */
export function issueOpened(): string {
  const definitions: readonly WebhookDefinition[] = Object(examples);
  const issues = definitions.find(({ name }) => name === 'issues');
  const opened = issues?.examples.find(({ action }) => action === 'opened');
  return JSON.stringify(opened);
}

/** A real payload with another title, so that its record can be recognized. */
export function issueTitled(title: string): string {
  const payload: { issue: { title: string } } = JSON.parse(issueOpened());
  return JSON.stringify({ ...payload, issue: { ...payload.issue, title } });
}

/** Sends a webhook as GitHub does: signed with `secret` over the exact bytes, with a unique delivery id. */
export async function sendGitHub(
  url: string,
  secret: string,
  payload: string,
  event = 'issues',
  deliveryId: string = randomUUID(),
) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/demo',
      'x-github-delivery': deliveryId,
      'x-github-event': event,
      'x-github-hook-id': '292430182',
      'x-hub-signature-256': await sign(secret, payload),
    },
    body: payload,
  });
  return { ...(await readResponse(response)), deliveryId };
}
