import {
  type CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import type { AwsClients } from '../aws.ts';
import { CliError } from '../errors.ts';
import { handleAwsError } from './errors.ts';
import type { ParameterValues } from './parameters.ts';

const hasMessage = (error: unknown, pattern: RegExp): boolean =>
  error instanceof Error && pattern.test(error.message);

/** The reason of the first failure, in CloudFormation's words; its events are listed newest first. */
async function failureReason({ cloudFormation }: AwsClients, StackName: string): Promise<string> {
  const command = new DescribeStackEventsCommand({ StackName });
  const { StackEvents = [] } = await cloudFormation.send(command).catch(handleAwsError);
  const failed = StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED'));
  const { LogicalResourceId, ResourceStatusReason } = failed.at(-1) ?? {};
  return `${LogicalResourceId ?? StackName}: ${ResourceStatusReason ?? 'no reason given'}`;
}

/** Ten minutes: a connection to a private API takes up to 90 s (User Guide, "Creating connections to private APIs"). */
const waiterConfig = (client: CloudFormationClient) => ({
  client,
  maxWaitTime: 600,
  minDelay: 1,
  maxDelay: 5,
});

export type DeployResult = 'created' | 'updated' | 'unchanged';

interface Deployment {
  readonly stackName: string;
  readonly template: string;
  readonly parameters: ParameterValues;
}

/**
 * Creates or updates the stack and waits for CloudFormation to finish.
 *
 * @throws CliError with the reason when the stack was rolled back.
 */
export async function deployStack(
  clients: AwsClients,
  { parameters, stackName: StackName, template }: Deployment,
): Promise<DeployResult> {
  const { cloudFormation } = clients;
  const input = {
    StackName,
    TemplateBody: template,
    Capabilities: ['CAPABILITY_IAM' as const],
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
  };
  const onFailure = async (cause: unknown): Promise<never> => {
    const reason = await failureReason(clients, StackName);
    throw new CliError(`${StackName} was rolled back. ${reason}`, { cause });
  };
  try {
    await cloudFormation.send(new UpdateStackCommand(input));
  } catch (error) {
    if (hasMessage(error, /No updates are to be performed/)) return 'unchanged';
    if (!hasMessage(error, /does not exist/)) return handleAwsError(error);
    await cloudFormation.send(new CreateStackCommand(input)).catch(handleAwsError);
    await waitUntilStackCreateComplete(waiterConfig(cloudFormation), { StackName }).catch(
      onFailure,
    );
    return 'created';
  }
  await waitUntilStackUpdateComplete(waiterConfig(cloudFormation), { StackName }).catch(onFailure);
  return 'updated';
}

/** Deletes the stack and waits for CloudFormation to finish. Succeeds when there is no such stack. */
export async function deleteStack(clients: AwsClients, StackName: string): Promise<void> {
  const { cloudFormation } = clients;
  await cloudFormation.send(new DeleteStackCommand({ StackName })).catch(handleAwsError);
  await waitUntilStackDeleteComplete(waiterConfig(cloudFormation), { StackName }).catch(
    (cause: unknown) => {
      throw new CliError(
        `${StackName} was not deleted. For the reason: aws cloudformation describe-stack-events --stack-name ${StackName}`,
        { cause },
      );
    },
  );
}
