import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { localClient } from '../../local/stack/aws.ts';
import { readStack } from '../../local/stack/stack-file.ts';
import { explainAws } from './aws-errors.ts';
import { SetupError } from './errors.ts';

/** What a command needs of AWS. */
export interface Aws {
  readonly cloudFormation: CloudFormationClient;
  readonly secretsManager: SecretsManagerClient;
}

export interface StackChoice {
  readonly stackName: string;
  /** The stack of `npm run local:up` instead of AWS. */
  readonly local: boolean;
}

/** The deployed stack, as far as it has to do with Salesforce. */
export interface DeployedStack {
  readonly secretArn: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Clients for the account the shell is signed in to, or for the local stack. */
export async function connect({ local }: StackChoice): Promise<Aws> {
  const settings = local ? localClient((await readStack()).endpoint) : {};
  return {
    cloudFormation: new CloudFormationClient(settings),
    secretsManager: new SecretsManagerClient(settings),
  };
}

/** @throws SetupError when there is no such stack, or it has no secret for Salesforce. */
export async function findStack(
  { cloudFormation }: Aws,
  { stackName }: StackChoice,
): Promise<DeployedStack> {
  const command = new DescribeStacksCommand({ StackName: stackName });
  const { Stacks = [] } = await cloudFormation.send(command).catch(explainAws);
  const { Outputs = [], Parameters = [] } = Stacks[0] ?? {};
  const arn = Outputs.find(({ OutputKey }) => OutputKey === 'SalesforceSecretArn')?.OutputValue;
  if (arn === undefined)
    throw new SetupError(`The stack ${stackName} has no output SalesforceSecretArn.`);
  const parameters = Parameters.map(({ ParameterKey = '', ParameterValue = '' }) => [
    ParameterKey,
    ParameterValue,
  ]);
  return { secretArn: arn, parameters: Object.fromEntries(parameters) };
}
