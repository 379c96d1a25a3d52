import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { localClient } from '../../local/stack/aws.ts';
import { stack } from './kit.ts';

const cloudFormation = new CloudFormationClient(localClient(stack.endpoint));
const lambda = new LambdaClient(localClient(stack.endpoint));

export async function physicalId(logicalId: string): Promise<string> {
  const { StackResourceDetail } = await cloudFormation.send(
    new DescribeStackResourceCommand({
      StackName: stack.stackName,
      LogicalResourceId: logicalId,
    }),
  );
  return StackResourceDetail?.PhysicalResourceId ?? '';
}

export async function environmentOf(logicalId: string): Promise<Record<string, string>> {
  const FunctionName = await physicalId(logicalId);
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  return Environment?.Variables ?? {};
}

/** Sets environment variables of a deployed function; answers a function that puts them back. */
export async function setEnvironment(logicalId: string, change: Record<string, string>) {
  const FunctionName = await physicalId(logicalId);
  const before = await environmentOf(logicalId);
  const set = (Variables: Record<string, string>) =>
    lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }),
    );
  await set({ ...before, ...change });
  return () => set(before);
}
