import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsExplainer } from '../aws-errors.ts';
import { CliError, UsageError } from '../errors.ts';
import { clientSettings, type StackChoice } from '../stack.ts';
import type { Values } from './values.ts';

export const explain = awsExplainer(
  'the permissions that docs/api-destinations.md lists ("What the deployer may do")',
);

export interface Aws {
  readonly cloudFormation: CloudFormationClient;
  readonly secretsManager: SecretsManagerClient;
  readonly events: EventBridgeClient;
}

/** Clients for the account that the shell is signed in to, or for the local stack. */
export async function connect(choice: StackChoice): Promise<Aws> {
  const settings = await clientSettings(choice);
  return {
    cloudFormation: new CloudFormationClient(settings),
    secretsManager: new SecretsManagerClient(settings),
    events: new EventBridgeClient(settings),
  };
}

/** A secret's ARN and the id of its current version. */
export async function findSecret({ secretsManager }: Aws, SecretId: string) {
  const { ARN, VersionIdsToStages = {} } = await secretsManager
    .send(new DescribeSecretCommand({ SecretId }))
    .catch(explain);
  const current = Object.entries(VersionIdsToStages).find(([, stages]) =>
    stages.includes('AWSCURRENT'),
  );
  if (ARN !== undefined && current !== undefined) return { arn: ARN, versionId: current[0] };
  throw new UsageError(`The secret ${SecretId} has no value yet: write one into it first.`);
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && /does not exist/.test(error.message);
const isUnchanged = (error: unknown): boolean =>
  error instanceof Error && /No updates are to be performed/.test(error.message);

/** CloudFormation's own word on why a stack was rolled back. */
async function reasonOf({ cloudFormation }: Aws, StackName: string): Promise<string> {
  const command = new DescribeStackEventsCommand({ StackName });
  const { StackEvents = [] } = await cloudFormation.send(command).catch(explain);
  const failed = StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED'));
  const { LogicalResourceId, ResourceStatusReason } = failed.at(-1) ?? {};
  return `${LogicalResourceId ?? StackName}: ${ResourceStatusReason ?? 'no reason given'}`;
}

/** Ten minutes: a connection to a private API takes up to 90 s (User Guide, "Creating connections to private APIs"). */
const waiting = (client: CloudFormationClient) => ({
  client,
  maxWaitTime: 600,
  minDelay: 1,
  maxDelay: 5,
});

export type Deployed = 'created' | 'updated' | 'unchanged';

interface Deployment {
  readonly stackName: string;
  readonly template: string;
  readonly parameters: Values;
}

/** Creates the stack or brings it up to date; answers once CloudFormation is done. */
export async function deployStack(aws: Aws, deployment: Deployment): Promise<Deployed> {
  const { cloudFormation } = aws;
  const StackName = deployment.stackName;
  const input = {
    StackName,
    TemplateBody: deployment.template,
    Capabilities: ['CAPABILITY_IAM' as const],
    Parameters: Object.entries(deployment.parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
  };
  const failed = async (cause: unknown): Promise<never> => {
    throw new CliError(`${StackName} was rolled back. ${await reasonOf(aws, StackName)}`, {
      cause,
    });
  };
  try {
    await cloudFormation.send(new UpdateStackCommand(input));
  } catch (error) {
    if (isUnchanged(error)) return 'unchanged';
    if (!isMissing(error)) return explain(error);
    await cloudFormation.send(new CreateStackCommand(input)).catch(explain);
    await waitUntilStackCreateComplete(waiting(cloudFormation), { StackName }).catch(failed);
    return 'created';
  }
  await waitUntilStackUpdateComplete(waiting(cloudFormation), { StackName }).catch(failed);
  return 'updated';
}

/** Deletes the stack; one that is not there is deleted too. */
export async function deleteStack({ cloudFormation }: Aws, StackName: string): Promise<void> {
  await cloudFormation.send(new DeleteStackCommand({ StackName })).catch(explain);
  await waitUntilStackDeleteComplete(waiting(cloudFormation), { StackName }).catch(
    (cause: unknown) => {
      throw new CliError(`${StackName} was not deleted.`, { cause });
    },
  );
}
