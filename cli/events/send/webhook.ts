import { UsageError } from '../../errors.ts';
import { toJson } from '../../format.ts';
import { formatTable } from '../../layout.ts';
import type { Dependencies } from '../dependencies.ts';
import { applyChanges, type Change, parseChange } from './change.ts';
import { exampleNamed, exampleNames } from './github-examples.ts';
import { postGitHub, postTwilio } from './post.ts';
import { runSending, type Sending, type SendingOptions } from './sending.ts';
import { twilioKind, twilioKinds } from './twilio-kinds.ts';
import { type WebhookTarget, webhookTarget } from './webhook-target.ts';

export type ProviderName = 'github' | 'twilio';

export interface WebhookOptions extends SendingOptions {
  readonly set?: readonly string[];
  readonly url?: string;
  readonly delivery?: string;
}

type Send = (target: WebhookTarget) => Sending['send'];

/** GitHub's example with the changes made: the same payload each time, with another delivery id. */
function gitHubSend(name: string, changes: readonly Change[], { delivery }: WebhookOptions): Send {
  const { event, payload } = exampleNamed(name);
  const body = JSON.stringify(applyChanges(payload, changes));
  return (target) => () => postGitHub(target, { event, body, delivery });
}

/** Twilio's fields with the changes made, and new SIDs each time. */
function twilioSend(name: string, changes: readonly Change[]): Send {
  const { make } = twilioKind(name);
  const content = () => {
    const payload = make();
    if (payload.format === 'json')
      return { json: JSON.stringify(applyChanges(payload.document, changes)) };
    const fields = Object.entries(Object(applyChanges(payload.fields, changes)));
    return { fields: Object.fromEntries(fields.map(([key, value]) => [key, String(value)])) };
  };
  // A wrong change is told before AWS is called.
  content();
  return (target) => () => postTwilio(target, content());
}

/**
 * Sends a webhook signed as its provider signs, with the secret in force.
 *
 * @param name of an example that GitHub publishes, or a kind of Twilio's.
 * @returns the exit code.
 * @throws UsageError when there is no such webhook, or a change has no place in its payload.
 */
export async function sendWebhook(
  provider: ProviderName,
  name: string,
  options: WebhookOptions,
  dependencies: Dependencies,
): Promise<number> {
  if (options.delivery !== undefined && (options.count ?? 1) > 1)
    throw new UsageError('--delivery is for one webhook: leave out --count.');
  const changes = (options.set ?? []).map(parseChange);
  const send =
    provider === 'github' ? gitHubSend(name, changes, options) : twilioSend(name, changes);
  const clients = await dependencies.createClients(options);
  const owner = provider === 'github' ? 'GitHub' : 'Twilio';
  const target = await webhookTarget(clients, options, owner, options.url);
  const sending: Sending = {
    command: `send ${provider}`,
    what: `${owner}'s ${name} webhook`,
    to: target.url,
    idName: 'delivery',
    send: send(target),
  };
  return runSending(sending, options, dependencies);
}

/** Prints the names of all webhooks that can be sent. @returns the exit code */
export function listWebhooks(
  provider: ProviderName,
  { json }: WebhookOptions,
  { print }: Pick<Dependencies, 'print'>,
): number {
  const rows =
    provider === 'github'
      ? exampleNames().map((name) => [name])
      : [...twilioKinds].map(([name, { description }]) => [name, description]);
  if (json) {
    const names = rows.map(([name]) => name);
    print(toJson(`events send ${provider}`, true, { names }));
  } else if (provider === 'github') print(rows.map(([name]) => name).join('\n'));
  else print(formatTable(['kind', 'webhook'], rows));
  return 0;
}
