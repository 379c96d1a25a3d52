import {
  paginateListStackResources,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import type { AwsClients, AwsErrorHandler } from '../aws.ts';
import type { StackOptions } from '../options.ts';

/** A log group of the stack's functions. */
export interface LogGroup {
  /** Of the function, in template.yaml. */
  readonly logicalId: string;
  readonly name: string;
}

/** What of a stack tells about its events. */
export interface EventStack {
  readonly name: string;
  readonly isLocal: boolean;
  readonly logGroups: readonly LogGroup[];
  /** Queue URLs and bucket names, by logical id. */
  readonly physicalIds: Readonly<Record<string, string>>;
}

const STORES: readonly string[] = ['AWS::SQS::Queue', 'AWS::S3::Bucket'];

async function listResources(
  { cloudFormation }: Pick<AwsClients, 'cloudFormation'>,
  StackName: string,
): Promise<StackResourceSummary[]> {
  const resources: StackResourceSummary[] = [];
  for await (const page of paginateListStackResources({ client: cloudFormation }, { StackName }))
    resources.push(...(page.StackResourceSummaries ?? []));
  return resources;
}

/**
 * Finds the log groups, queues and buckets of a stack.
 *
 * @param onAwsError handles the error when the stack does not exist or AWS refuses cloudformation:ListStackResources.
 */
export async function findEventStack(
  clients: Pick<AwsClients, 'cloudFormation'>,
  { stackName: name, local: isLocal = false }: StackOptions,
  onAwsError: AwsErrorHandler,
): Promise<EventStack> {
  const resources = await listResources(clients, name).catch(onAwsError);
  const named = resources.map((resource) => ({
    logicalId: resource.LogicalResourceId ?? '',
    type: resource.ResourceType ?? '',
    name: resource.PhysicalResourceId ?? '',
  }));
  // GitHubWebhookLogs is the log group of GitHubWebhookFunction, and so are all others named.
  const logGroups = named
    .filter(({ type }) => type === 'AWS::Logs::LogGroup')
    .map((group) => ({
      logicalId: group.logicalId.replace(/Logs$/, 'Function'),
      name: group.name,
    }));
  const stores = named.filter(({ type }) => STORES.includes(type));
  const physicalIds = Object.fromEntries(stores.map((store) => [store.logicalId, store.name]));
  return { name, isLocal, logGroups, physicalIds };
}
