import {
  DeleteStackCommand,
  DescribeStacksCommand,
  GetTemplateSummaryCommand,
  paginateListStackResources,
  type Stack,
  type StackResourceSummary,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { CliError } from '../errors.ts';
import { type DeploymentClients, handleAwsError } from './aws.ts';
import type { Values } from './file.ts';

type CloudFormation = Pick<DeploymentClients, 'cloudFormation'>;

/** A stack in any state, as CloudFormation describes it. */
export interface StackDescription {
  /** The stack's ARN: it stays valid when the stack is deleted. */
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly reason: string;
  readonly parameters: Values;
  readonly outputs: Values;
  readonly tags: Values;
}

const toDescription = ({
  Outputs = [],
  Parameters = [],
  StackId = '',
  StackName = '',
  StackStatus,
  StackStatusReason = '',
  Tags = [],
}: Stack): StackDescription => ({
  id: StackId,
  name: StackName,
  status: StackStatus ?? '',
  reason: StackStatusReason,
  parameters: Object.fromEntries(
    Parameters.map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]),
  ),
  outputs: Object.fromEntries(
    Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  ),
  tags: Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value])),
});

/** @returns undefined when there is no such stack. */
export async function findStack(
  { cloudFormation }: CloudFormation,
  StackName: string,
): Promise<StackDescription | undefined> {
  const { Stacks = [] } = await cloudFormation
    .send(new DescribeStacksCommand({ StackName }))
    .catch((error: unknown) => {
      if (error instanceof Error && /does not exist/.test(error.message)) return { Stacks: [] };
      return handleAwsError(error);
    });
  const [stack] = Stacks;
  return stack === undefined ? undefined : toDescription(stack);
}

/** The resources of a stack, those that it has deleted included. */
export async function listResources(
  { cloudFormation: client }: CloudFormation,
  StackName: string,
): Promise<StackResourceSummary[]> {
  const resources: StackResourceSummary[] = [];
  try {
    for await (const page of paginateListStackResources({ client }, { StackName }))
      resources.push(...(page.StackResourceSummaries ?? []));
  } catch (error) {
    handleAwsError(error);
  }
  return resources;
}

/** The defaults of the deployed template's parameters. */
export async function deployedDefaults(
  { cloudFormation }: CloudFormation,
  StackName: string,
): Promise<Values> {
  const command = new GetTemplateSummaryCommand({ StackName });
  const { Parameters = [] } = await cloudFormation.send(command).catch(handleAwsError);
  return Object.fromEntries(
    Parameters.map(({ DefaultValue = '', ParameterKey = '' }) => [ParameterKey, DefaultValue]),
  );
}

/** Deletes a stack and waits. @throws CliError when something can't be deleted */
export async function deleteStack(
  { cloudFormation: client }: CloudFormation,
  { id, name }: Pick<StackDescription, 'id' | 'name'>,
): Promise<void> {
  await client.send(new DeleteStackCommand({ StackName: id })).catch(handleAwsError);
  const waiting = { client, maxWaitTime: 3_600, minDelay: 1, maxDelay: 10 };
  await waitUntilStackDeleteComplete(waiting, { StackName: id }).catch((cause: unknown) => {
    throw new CliError(
      `${name} could not be deleted completely. For the reason: aws cloudformation describe-stack-events --stack-name ${name}. Then run the command again.`,
      { cause },
    );
  });
}
