import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { Command } from 'commander';
import { localClient } from '../local/stack/aws.ts';
import { readStack } from '../local/stack/stack-file.ts';
import { UsageError } from './errors.ts';

export interface StackChoice {
  readonly stackName: string;
  /** The stack of `npm run local:up` instead of AWS. */
  readonly local?: boolean;
}

/** A deployed stack, as CloudFormation tells of it. */
export interface DeployedStack {
  readonly name: string;
  /** Names partition, region and account too. */
  readonly arn: string;
  /** CloudFormation's, such as UPDATE_COMPLETE. */
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The options that every command on a deployed stack has. */
export const withStack = (command: Command): Command =>
  command
    .option('--stack-name <name>', 'the stack in CloudFormation', 'salesforce-eventbridge')
    .option('--local', 'the stack of npm run local:up instead of AWS');

/**
 * Settings of AWS clients: of the account that the shell is signed in to, or of the local stack.
 *
 * @throws StackError when no local stack runs.
 */
export const clientSettings = async ({ local }: StackChoice) =>
  local ? localClient((await readStack()).endpoint) : {};

/** @param explain throws what AWS's refusal means. */
export async function describeStack(
  client: CloudFormationClient,
  { stackName }: StackChoice,
  explain: (error: unknown) => never,
): Promise<DeployedStack> {
  const command = new DescribeStacksCommand({ StackName: stackName });
  const { Stacks = [] } = await client.send(command).catch(explain);
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

/** @throws UsageError when the stack is another one, or of a version without it. */
export function outputOf({ name, outputs }: DeployedStack, key: string): string {
  const value = outputs[key];
  if (value !== undefined) return value;
  throw new UsageError(
    `The stack ${name} has no output ${key}. Is it the right one? --stack-name says which.`,
  );
}
