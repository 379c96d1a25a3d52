import {
  DescribeStackResourceCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import type { AwsClients, AwsErrorHandler } from './aws.ts';
import { UsageError } from './errors.ts';
import type { StackOptions } from './options.ts';

/** A deployed stack, as CloudFormation describes it. */
export interface DeployedStack {
  readonly name: string;
  /** Contains the partition, region and account. */
  readonly arn: string;
  /** CloudFormation's stack status, such as UPDATE_COMPLETE. */
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
}

/** @param onAwsError handles the error when the stack does not exist or AWS refuses. */
export async function describeStack(
  { cloudFormation }: Pick<AwsClients, 'cloudFormation'>,
  { stackName }: StackOptions,
  onAwsError: AwsErrorHandler,
): Promise<DeployedStack> {
  const command = new DescribeStacksCommand({ StackName: stackName });
  const { Stacks = [] } = await cloudFormation.send(command).catch(onAwsError);
  const { Outputs = [], Parameters = [], StackId = '', StackStatus = '' } = Stacks[0] ?? {};
  const outputs = Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]);
  const parameters = Parameters.map(({ ParameterKey = '', ParameterValue = '' }) => [
    ParameterKey,
    ParameterValue,
  ]);
  return {
    name: stackName,
    arn: StackId,
    status: StackStatus,
    outputs: Object.fromEntries(outputs),
    parameters: Object.fromEntries(parameters),
  };
}

/** @throws UsageError when the stack has no such output: it is a different stack, or an older version. */
export function requireOutput({ name, outputs }: DeployedStack, key: string): string {
  const value = outputs[key];
  if (value !== undefined) return value;
  throw new UsageError(
    `The stack ${name} has no output ${key}: pass the right stack with --stack-name, or deploy this version (npm run deploy).`,
  );
}

/** The name or id of a resource, by its logical id in the template. `onAwsError` also handles that the stack has none. */
export async function describeResource(
  { cloudFormation }: Pick<AwsClients, 'cloudFormation'>,
  { stackName }: StackOptions,
  logicalId: string,
  onAwsError: AwsErrorHandler,
): Promise<string> {
  const command = new DescribeStackResourceCommand({
    StackName: stackName,
    LogicalResourceId: logicalId,
  });
  const { StackResourceDetail } = await cloudFormation.send(command).catch(onAwsError);
  return StackResourceDetail?.PhysicalResourceId ?? '';
}
