import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { derivedNames } from '../../local/template/name-lengths.ts';
import { parameterProblems, readTemplate } from '../../local/template/source.ts';
import type { AwsClients } from '../aws.ts';
import { toSentences, UsageError } from '../errors.ts';
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

const template = readTemplate('destinations/http.yaml');

/** The values of the attachment and the secret that AWS knows, as they look: for checks before it is called. */
const attachedLater = (mainStack: string): ParameterValues => ({
  EventBusName: mainStack,
  RedriveBusName: `${mainStack}-redrive`,
  RuleDlqArn: 'arn:aws:sqs:us-east-1:000000000000:dlq',
  SecretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:name',
  SecretVersionId: 'version',
});

/** @throws UsageError naming every parameter and every name that CloudFormation would refuse */
function requireValid({ name, stackName }: DeployOptions, values: ParameterValues): void {
  const parameters = { ...attachedLater(stackName), DestinationName: name, ...values };
  const problems = [
    ...parameterProblems(template, parameters),
    ...longNames(parameters, stackName, name),
  ];
  if (problems.length > 0) throw new UsageError(toSentences(problems));
}

/** The rules are named after the main stack and the destination. */
function longNames(parameters: ParameterValues, mainStack: string, name: string): string[] {
  const [worst] = derivedNames(template, parameters, stackNameOf(mainStack, name))
    .filter((derived) => derived.name.length > derived.limit)
    .toSorted((one, other) => other.name.length - one.name.length);
  if (worst === undefined) return [];
  const longest = name.length - (worst.name.length - worst.limit);
  return [
    `The rule ${worst.name} would have ${worst.name.length} characters of at most ${worst.limit}: ` +
      (longest > 0
        ? `with the stack ${mainStack}, a destination's name has at most ${longest} characters`
        : `the name of the stack ${mainStack} leaves none for a destination`),
  ];
}

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
  requireValid(options, values);
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
  const body = await readFile(join(destinationsFolder, 'http.yaml'), 'utf8');
  return {
    stackName,
    result: await deployStack(clients, { stackName, template: body, parameters }),
  };
}

export const removeDestination = (
  clients: AwsClients,
  { stackName, name }: StackOptions & { name: string },
): Promise<void> => deleteStack(clients, stackNameOf(stackName, name));
