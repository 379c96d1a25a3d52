import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { signingSecret } from '../../../functions/common/webhook/signing-secret.ts';
import { localFunctionUrl } from '../../../local/stack/endpoint.ts';
import { readStack } from '../../../local/stack/stack-file.ts';
import type { AwsClients } from '../../aws.ts';
import { UsageError } from '../../errors.ts';
import type { StackOptions } from '../../options.ts';
import { type DeployedStack, describeResource, describeStack } from '../../stack.ts';
import { handleAwsError } from './errors.ts';

export type Provider = 'GitHub' | 'Twilio';

/** Where a webhook is sent, and what signs it. */
export interface WebhookTarget {
  readonly url: string;
  /** The URL that Twilio signs: the stack's output, also where the local engine serves it at another address. */
  readonly signedUrl: string;
  /** Never printed. */
  readonly secret: string;
}

interface Addresses {
  /** The stack's output. */
  readonly output: string;
  /** Where the output's URL is reached: for the local stack, an address of its engine. */
  readonly reached: string;
  /** `TwilioWebhookPublicUrl`. */
  readonly publicUrl: string;
  /** `--url`: a whole URL, or a path and query string below the webhook's. */
  readonly given: string | undefined;
}

/** The host alone stands for all paths; otherwise the URL stands for itself only (docs/webhooks.md). */
function publicVariant(url: string, publicUrl: string): string {
  if (publicUrl === '') return url;
  const { pathname, search } = new URL(url);
  const [, host] = /^(https:\/\/[^/]+)\/?$/.exec(publicUrl) ?? [];
  return host === undefined ? `${publicUrl}${search}` : `${host}${pathname}${search}`;
}

const below = (base: string, rest: string): string =>
  `${base.replace(/\/$/, '')}/${rest.replace(/^\//, '')}`;

/**
 * The address to call, and the URL that Twilio would have signed for it: the function sees AWS's host name, and the path
 * and query string as they were sent.
 */
export function webhookAddresses({ output, reached, publicUrl, given = '/' }: Addresses) {
  const base = [reached, output].find((known) => given.startsWith(known));
  const rest = base === undefined ? given : given.slice(base.length);
  const isElsewhere = base === undefined && !given.startsWith('/');
  if (isElsewhere) return { url: given, signedUrl: publicVariant(given, publicUrl) };
  return { url: below(reached, rest), signedUrl: publicVariant(below(output, rest), publicUrl) };
}

async function readSecret(
  clients: AwsClients,
  options: StackOptions,
  provider: Provider,
  { parameters }: DeployedStack,
): Promise<string> {
  const SecretId =
    parameters[`${provider}WebhookSecretArn`] ||
    (await describeResource(clients, options, `${provider}SigningSecret`, handleAwsError));
  const { SecretString = '' } = await clients.secretsManager
    .send(new GetSecretValueCommand({ SecretId }))
    .catch(handleAwsError);
  try {
    return signingSecret(SecretString);
  } catch (cause) {
    throw new UsageError(
      `The secret ${SecretId} holds no ${provider} secret: write the text itself, or JSON with a field "secret" (docs/webhooks.md).`,
      { cause },
    );
  }
}

/**
 * Reads with the operator's own rights where the stack receives a provider's webhooks, and the secret in force.
 *
 * @param given `--url`.
 * @throws UsageError when the stack receives none from the provider.
 */
export async function webhookTarget(
  clients: AwsClients,
  options: StackOptions,
  provider: Provider,
  given?: string,
): Promise<WebhookTarget> {
  const stack = await describeStack(clients, options, handleAwsError);
  const output = stack.outputs[`${provider}WebhookUrl`];
  if (output === undefined)
    throw new UsageError(
      `The stack ${stack.name} receives no webhooks from ${provider}: deploy it with ${provider}WebhookSecret or ${provider}WebhookSecretArn (docs/webhooks.md).`,
    );
  const reached = options.local ? localFunctionUrl((await readStack()).endpoint, output) : output;
  const publicUrl = (provider === 'Twilio' && stack.parameters['TwilioWebhookPublicUrl']) || '';
  return {
    ...webhookAddresses({ output, reached: reached ?? output, publicUrl, given }),
    secret: await readSecret(clients, options, provider, stack),
  };
}
