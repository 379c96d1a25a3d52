import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DeployedStack, describeStack, outputOf, type StackChoice } from '../stack.ts';
import { type Aws, type Deployed, deleteStack, deployStack, explain, findSecret } from './aws.ts';
import { folder, readValues, type ValueSources, type Values } from './values.ts';

export interface DeployOptions extends StackChoice, ValueSources {
  readonly name: string;
  /** Name or ARN of the secret with the credentials. */
  readonly secret: string;
}

/** CloudFormation's own name for the destination: the rules in it are named the same. */
const stackNameOf = (mainStack: string, name: string): string => `${mainStack}-to-${name}`;

/** What the main stack says of itself: where to attach, and what holds for all of its resources. */
const attachment = (main: DeployedStack): Values => ({
  EventBusName: outputOf(main, 'EventBusName'),
  RedriveBusName: outputOf(main, 'RedriveBusName'),
  RuleDlqArn: outputOf(main, 'RuleDlqArn'),
  AlarmTopicArn: main.parameters['AlarmTopicArn'] ?? '',
  PermissionsBoundaryArn: main.parameters['PermissionsBoundaryArn'] ?? '',
  KmsKeyArn: main.parameters['ConnectionKmsKeyArn'] ?? '',
});

/**
 * Deploys destinations/http.yaml for one destination, attached to the main stack, with the current version of its
 * secret. Deployed again it takes what has changed, a rotated secret too.
 *
 * @throws CliError with what was wrong and what to do.
 */
export async function deployDestination(
  aws: Aws,
  options: DeployOptions,
): Promise<{ stackName: string; deployed: Deployed }> {
  const values = await readValues(options);
  const main = await describeStack(aws.cloudFormation, options, explain);
  const attached = attachment(main);
  const { arn, versionId } = await findSecret(aws, options.secret);
  const stackName = stackNameOf(options.stackName, options.name);
  const parameters = {
    ...attached,
    ...values,
    DestinationName: options.name,
    SecretArn: arn,
    SecretVersionId: versionId,
  };
  const template = await readFile(join(folder, 'http.yaml'), 'utf8');
  return { stackName, deployed: await deployStack(aws, { stackName, template, parameters }) };
}

export const removeDestination = (aws: Aws, { stackName, name }: StackChoice & { name: string }) =>
  deleteStack(aws, stackNameOf(stackName, name));
