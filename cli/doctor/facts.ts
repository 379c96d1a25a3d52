import {
  ListStackResourcesCommand,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import { type DeployedStack, describeStack, type StackChoice } from '../stack.ts';
import { type Aws, explainAws } from './aws.ts';

export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  /** What CloudFormation's `Ref` answers: a URL, a name, an ARN or an id, by type. */
  readonly physicalId: string;
}

/** All that the looks start from. */
export interface Facts extends DeployedStack {
  readonly resources: readonly StackResource[];
}

const toResource = (summary: StackResourceSummary): StackResource => ({
  logicalId: summary.LogicalResourceId ?? '',
  type: summary.ResourceType ?? '',
  physicalId: summary.PhysicalResourceId ?? '',
});

async function listResources({ cloudFormation }: Aws, name: string): Promise<StackResource[]> {
  const resources: StackResource[] = [];
  let NextToken: string | undefined;
  do {
    const page = await cloudFormation
      .send(new ListStackResourcesCommand({ StackName: name, NextToken }))
      .catch(explainAws);
    resources.push(...(page.StackResourceSummaries ?? []).map(toResource));
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  return resources;
}

/** @throws UsageError when there is no such stack, or AWS does not say. */
export async function readFacts(aws: Aws, choice: StackChoice): Promise<Facts> {
  const stack = await describeStack(aws.cloudFormation, choice, explainAws);
  return { ...stack, resources: await listResources(aws, choice.stackName) };
}

export const ofType = ({ resources }: Facts, type: string): StackResource[] =>
  resources.filter((resource) => resource.type === type);

export const physicalId = ({ resources }: Facts, logicalId: string): string | undefined =>
  resources.find((resource) => resource.logicalId === logicalId)?.physicalId;

/** Partition, region and account of the stack, for the ARNs of what it is made of. */
export function placeOf({ arn }: Facts) {
  const [, partition = 'aws', , region = '', account = ''] = arn.split(':');
  return { partition, region, account };
}

/** The key that the stack encrypts with; `undefined` where AWS's own keys do. */
export const keyOf = (facts: Facts): string | undefined =>
  facts.parameters['EncryptionKeyArn'] || physicalId(facts, 'EncryptionKey');
