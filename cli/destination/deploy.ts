import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AwsClients } from '../aws.ts';
import type { StackOptions } from '../options.ts';
import { type DeployedStack, describeStack, requireOutput } from '../stack.ts';
import { type DeployResult, deleteStack, deployStack } from './cloudformation.ts';
import { handleAwsError } from './errors.ts';
import {
  destinationsFolder,
  type ParameterSources,
  type ParameterValues,
  readParameters,
} from './parameters.ts';
import { findSecret } from './secret.ts';

export interface DeployOptions extends StackOptions, ParameterSources {
  readonly name: string;
  /** Name or ARN of the secret with the credentials. */
  readonly secret: string;
}

/** The name of a destination's stack, and of its rules. */
const stackNameOf = (mainStack: string, name: string): string => `${mainStack}-to-${name}`;

/** The parameters that attach a destination to the main stack, and those that both share. */
const attachment = (main: DeployedStack): ParameterValues => ({
  EventBusName: requireOutput(main, 'EventBusName'),
  RedriveBusName: requireOutput(main, 'RedriveBusName'),
  RuleDlqArn: requireOutput(main, 'RuleDlqArn'),
  AlarmTopicArn: main.parameters['AlarmTopicArn'] ?? '',
  PermissionsBoundaryArn: main.parameters['PermissionsBoundaryArn'] ?? '',
  KmsKeyArn: main.parameters['ConnectionKmsKeyArn'] ?? '',
});

/**
 * Deploys destinations/http.yaml for one destination, attached to the main stack, with the current version of its
 * secret. Deploying again applies all changes, a rotated secret included.
 *
 * @throws CliError
 */
export async function deployDestination(
  clients: AwsClients,
  options: DeployOptions,
): Promise<{ stackName: string; result: DeployResult }> {
  const values = await readParameters(options);
  const attached = attachment(await describeStack(clients, options, handleAwsError));
  const { arn, versionId } = await findSecret(clients, options.secret);
  const stackName = stackNameOf(options.stackName, options.name);
  const parameters = {
    ...attached,
    ...values,
    DestinationName: options.name,
    SecretArn: arn,
    SecretVersionId: versionId,
  };
  const template = await readFile(join(destinationsFolder, 'http.yaml'), 'utf8');
  return { stackName, result: await deployStack(clients, { stackName, template, parameters }) };
}

export const removeDestination = (
  clients: AwsClients,
  { stackName, name }: StackOptions & { name: string },
): Promise<void> => deleteStack(clients, stackNameOf(stackName, name));
