import {
  CloudFormationClient,
  DescribeStacksCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, expect, it } from 'vitest';
import { readWebhookSecrets } from '../../../local/stack/aws.ts';

const cloudFormation = mockClient(CloudFormationClient);
const secrets = mockClient(SecretsManagerClient);
afterAll(() => {
  cloudFormation.restore();
  secrets.restore();
});

it('readWebhookSecrets reads what the functions read: a given secret, that of the stack, or none', async () => {
  const given = { ParameterKey: 'GitHubWebhookSecretArn', ParameterValue: 'arn:given' };
  const empty = { ParameterKey: 'TwilioWebhookSecretArn', ParameterValue: '' };
  const stack = {
    StackName: 's',
    CreationTime: new Date(0),
    StackStatus: 'CREATE_COMPLETE' as const,
  };
  const resource = {
    LogicalResourceId: 'TwilioSigningSecret',
    PhysicalResourceId: 'arn:own',
    ResourceType: 'AWS::SecretsManager::Secret',
    LastUpdatedTimestamp: new Date(0),
    ResourceStatus: 'CREATE_COMPLETE' as const,
  };
  cloudFormation
    .on(DescribeStacksCommand)
    .resolves({ Stacks: [{ ...stack, Parameters: [given, empty] }] })
    .on(ListStackResourcesCommand)
    .resolvesOnce({ StackResourceSummaries: [], NextToken: 'next' })
    .resolvesOnce({ StackResourceSummaries: [resource] })
    .resolves({ StackResourceSummaries: [] });
  secrets
    .on(GetSecretValueCommand, { SecretId: 'arn:given' })
    .resolves({ SecretString: '{"secret":"of the user"}' })
    .on(GetSecretValueCommand, { SecretId: 'arn:own' })
    .resolves({ SecretString: 'of the parameter\n' });
  expect(await readWebhookSecrets('http://127.0.0.1:1')).toEqual({
    github: 'of the user',
    twilio: 'of the parameter',
  });
  expect(await readWebhookSecrets('http://127.0.0.1:1')).toMatchObject({ twilio: '' });
});
