import {
  ListStackResourcesCommand,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import { type AwsClients, createAwsErrorHandler } from '../aws.ts';
import type { StackOptions } from '../options.ts';
import { type DeployedStack, describeStack } from '../stack.ts';

export const PERMISSIONS =
  "cloudformation:DescribeStacks and ListStackResources, and the Get, Describe and List actions on the stack's resources (the policy ReadOnlyAccess includes them all)";

/** The options of `npm run doctor`, as commander names them. */
export interface DoctorOptions extends StackOptions {
  readonly json?: boolean;
  /** Have CloudFormation compare every resource with its template. */
  readonly drift?: boolean;
  /** The folder of the environments' files. */
  readonly folder: string;
}

export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  /** What CloudFormation's `Ref` returns: a URL, a name, an ARN or an id, depending on the type. */
  readonly physicalId: string;
}

/** The stack and its resources, where every check starts. */
export interface Inventory extends DeployedStack {
  readonly resources: readonly StackResource[];
}

const toResource = (summary: StackResourceSummary): StackResource => ({
  logicalId: summary.LogicalResourceId ?? '',
  type: summary.ResourceType ?? '',
  physicalId: summary.PhysicalResourceId ?? '',
});

/** @throws UsageError when the stack does not exist, or AWS refuses to describe it. */
export async function readInventory(
  clients: AwsClients,
  options: StackOptions,
): Promise<Inventory> {
  const handleAwsError = createAwsErrorHandler(PERMISSIONS);
  const stack = await describeStack(clients, options, handleAwsError);
  const resources: StackResource[] = [];
  let NextToken: string | undefined;
  do {
    const page = await clients.cloudFormation
      .send(new ListStackResourcesCommand({ StackName: options.stackName, NextToken }))
      .catch(handleAwsError);
    resources.push(...(page.StackResourceSummaries ?? []).map(toResource));
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  return { ...stack, resources };
}

export const resourcesOfType = ({ resources }: Inventory, type: string): StackResource[] =>
  resources.filter((resource) => resource.type === type);

export const physicalIdOf = ({ resources }: Inventory, logicalId: string): string | undefined =>
  resources.find((resource) => resource.logicalId === logicalId)?.physicalId;

/** The customer managed key that the stack encrypts with; undefined where AWS's own keys are used. */
export const encryptionKeyOf = (inventory: Inventory): string | undefined =>
  inventory.parameters['EncryptionKeyArn'] || physicalIdOf(inventory, 'EncryptionKey');

/** The secret of a webhook: given by parameter, or the stack's own; undefined where the webhook is off. */
export const webhookSecretOf = (
  inventory: Inventory,
  provider: 'GitHub' | 'Twilio',
): string | undefined =>
  inventory.parameters[`${provider}WebhookSecretArn`] ||
  physicalIdOf(inventory, `${provider}SigningSecret`);
