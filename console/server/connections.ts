import {
  DescribeApiDestinationCommand,
  DescribeConnectionCommand,
} from '@aws-sdk/client-eventbridge';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import {
  resourcesOfType,
  type StackResource,
  webhookSecretOf,
} from '../../cli/doctor/inventory.ts';
import { localFunctionUrl } from '../../local/stack/endpoint.ts';
import type { Connected } from './connection.ts';
import type { MeasuresReader } from './flow/measures.ts';
import { lastMinutes, type Measures, PROVIDERS, type Provider, type Series } from './flow/tally.ts';

async function urlOf({ clients, isLocal, stack }: Connected, provider: Provider) {
  const url = stack.outputs[`${provider}WebhookUrl`];
  if (!isLocal) return url;
  const endpoint = await clients.lambda.config.endpoint?.();
  const { protocol, hostname, port } = endpoint ?? {};
  return localFunctionUrl(`${protocol}//${hostname}:${port}`, url);
}

async function readWebhook(connected: Connected, provider: Provider, { tally }: Measures) {
  const url = await urlOf(connected, provider);
  if (url === undefined) return [];
  const countOf = (series: Series) => tally.counts(lastMinutes(), series).reduce((a, b) => a + b);
  const { clients, stack } = connected;
  const SecretId = webhookSecretOf(stack, provider);
  // The secret's value is not read.
  const secret =
    SecretId && (await clients.secretsManager.send(new DescribeSecretCommand({ SecretId })));
  const changedAt = secret && (secret.LastChangedDate ?? secret.CreatedDate);
  return [
    {
      provider,
      url,
      accepted: countOf(`accepted ${provider}`),
      rejected: countOf(`rejected ${provider}`),
      ...(changedAt && { secretChangedAt: changedAt.toISOString() }),
    },
  ];
}

/** Path and query of an endpoint can be secret, as those of incoming webhooks are. */
const originOf = (endpoint: string): string =>
  URL.canParse(endpoint) ? new URL(endpoint).origin : '';

async function readDestination({ clients }: Connected, { physicalId: Name }: StackResource) {
  const { eventBridge } = clients;
  const destination = await eventBridge.send(new DescribeApiDestinationCommand({ Name }));
  // arn:…:connection/<name>/<id>
  const connection = destination.ConnectionArn?.split('/')[1] ?? '';
  const described = await eventBridge.send(new DescribeConnectionCommand({ Name: connection }));
  return {
    name: Name,
    endpoint: originOf(destination.InvocationEndpoint ?? ''),
    state: destination.ApiDestinationState ?? '',
    connection,
    connectionState: described.ConnectionState ?? '',
    ...(described.StateReason && { reason: described.StateReason }),
  };
}

/** The webhooks with their counts of the last hour, and the stack's own API destinations. Rejects with AWS's error. */
export async function readConnections(connected: Connected, reader: MeasuresReader) {
  const measures = await reader.read(connected);
  const webhooks = PROVIDERS.map((provider) => readWebhook(connected, provider, measures));
  const destinations = resourcesOfType(connected.stack, 'AWS::Events::ApiDestination').map(
    (resource) => readDestination(connected, resource),
  );
  return {
    webhooks: (await Promise.all(webhooks)).flat(),
    destinations: await Promise.all(destinations),
  };
}
