import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { clientSettings, describeStack, outputOf, type StackChoice } from '../stack.ts';
import { explainAws } from './aws-errors.ts';

/** What a command needs of AWS. */
export interface Aws {
  readonly cloudFormation: CloudFormationClient;
  readonly secretsManager: SecretsManagerClient;
}

/** The deployed stack, as far as it has to do with Salesforce. */
export interface SalesforceStack {
  readonly secretArn: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Clients for the account the shell is signed in to, or for the local stack. */
export async function connect(choice: StackChoice): Promise<Aws> {
  const settings = await clientSettings(choice);
  return {
    cloudFormation: new CloudFormationClient(settings),
    secretsManager: new SecretsManagerClient(settings),
  };
}

/** @throws UsageError when there is no such stack, or it has no secret for Salesforce. */
export async function findStack(
  { cloudFormation }: Aws,
  choice: StackChoice,
): Promise<SalesforceStack> {
  const stack = await describeStack(cloudFormation, choice, explainAws);
  return { secretArn: outputOf(stack, 'SalesforceSecretArn'), parameters: stack.parameters };
}
