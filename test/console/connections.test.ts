import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeApiDestinationCommand,
  DescribeConnectionCommand,
} from '@aws-sdk/client-eventbridge';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { expect, it } from 'vitest';
import type { Connections } from '../../console/api.ts';
import { fakeStack, startConsole } from './harness.ts';

const SECRET = 'https://hooks.example/services/T0/B0/very-secret';

/** A stack with a webhook and a destination whose connection is broken. */
function scene() {
  const aws = fakeStack(
    {
      GitHubWebhookFunction: ['AWS::Lambda::Function', 'github-fn'],
      GitHubSigningSecret: ['AWS::SecretsManager::Secret', 'arn:github-secret'],
      CloudEventsDestination: ['AWS::Events::ApiDestination', 'stack-cloud-events'],
    },
    { GitHubWebhookUrl: 'https://x.lambda-url.us-east-1.on.aws/' },
  );
  aws.secretsManager
    .on(DescribeSecretCommand, { SecretId: 'arn:github-secret' })
    .resolves({ LastChangedDate: new Date(0) });
  aws.cloudWatch.on(GetMetricDataCommand).resolves({
    MetricDataResults: [
      { Id: 'githubUrlRequestCount', Timestamps: [new Date()], Values: [9] },
      { Id: 'githubUrl4xxCount', Timestamps: [new Date()], Values: [2] },
    ],
  });
  aws.eventBridge.on(DescribeApiDestinationCommand, { Name: 'stack-cloud-events' }).resolves({
    ApiDestinationState: 'ACTIVE',
    InvocationEndpoint: SECRET,
    ConnectionArn: 'arn:aws:events:us-east-1:1:connection/cloud-events/6f1c',
  });
  aws.eventBridge.on(DescribeConnectionCommand, { Name: 'cloud-events' }).resolves({
    ConnectionState: 'DEAUTHORIZED',
    StateReason: 'The token was refused.',
    SecretArn: 'arn:secret',
  });
  return aws;
}

it('GET connections are the webhooks and destinations, without anything secret', async () => {
  const { clients } = scene();
  const { get } = await startConsole({ clients });
  const { status, body } = await get('connections');
  expect(status).toBe(200);
  expect(body).toEqual({
    webhooks: [
      {
        provider: 'GitHub',
        url: 'https://x.lambda-url.us-east-1.on.aws/',
        accepted: 7,
        rejected: 2,
        secretChangedAt: new Date(0).toISOString(),
      },
    ],
    destinations: [
      {
        name: 'stack-cloud-events',
        endpoint: 'https://hooks.example',
        state: 'ACTIVE',
        connection: 'cloud-events',
        connectionState: 'DEAUTHORIZED',
        reason: 'The token was refused.',
      },
    ],
  } satisfies Connections);
  expect(JSON.stringify(body)).not.toMatch(/very-secret|arn:/);
});
