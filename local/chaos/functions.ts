import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { localClient } from '../stack/aws.ts';
import type { Stack } from '../stack/stack-file.ts';

/** The functions of a running stack, by their logical ids, with what drills change about them. */
export function deployedFunctions({ endpoint, stackName }: Pick<Stack, 'endpoint' | 'stackName'>) {
  const cloudFormation = new CloudFormationClient(localClient(endpoint));
  const lambda = new LambdaClient(localClient(endpoint));

  const physicalId = async (logicalId: string): Promise<string> => {
    const { StackResourceDetail } = await cloudFormation.send(
      new DescribeStackResourceCommand({ StackName: stackName, LogicalResourceId: logicalId }),
    );
    return StackResourceDetail?.PhysicalResourceId ?? '';
  };

  const environmentOf = async (logicalId: string): Promise<Record<string, string>> => {
    const FunctionName = await physicalId(logicalId);
    const { Environment } = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName }),
    );
    return Environment?.Variables ?? {};
  };

  /** Sets environment variables of a deployed function; answers a function that puts them back. */
  const setEnvironment = async (logicalId: string, change: Record<string, string>) => {
    const FunctionName = await physicalId(logicalId);
    const before = await environmentOf(logicalId);
    const set = (Variables: Record<string, string>) =>
      lambda.send(
        new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }),
      );
    await set({ ...before, ...change });
    return () => set(before);
  };

  return { physicalId, environmentOf, setEnvironment };
}
