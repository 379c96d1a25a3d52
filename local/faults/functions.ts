import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { execa } from 'execa';
import { localClient } from '../stack/aws.ts';
import { readRunState } from '../stack/run-state.ts';
import type { Stack } from '../stack/stack-file.ts';

interface Configuration {
  readonly variables: Record<string, string>;
  readonly timeoutSeconds: number;
}

/** The functions of a running stack by their logical ids, and what fault tests change about them. */
export function deployedFunctions({ endpoint, stackName }: Pick<Stack, 'endpoint' | 'stackName'>) {
  const cloudFormation = new CloudFormationClient(localClient(endpoint));
  const lambda = new LambdaClient(localClient(endpoint));

  const physicalId = async (logicalId: string): Promise<string> => {
    const { StackResourceDetail } = await cloudFormation.send(
      new DescribeStackResourceCommand({ StackName: stackName, LogicalResourceId: logicalId }),
    );
    return StackResourceDetail?.PhysicalResourceId ?? '';
  };

  const configurationOf = async (FunctionName: string): Promise<Configuration> => {
    const command = new GetFunctionConfigurationCommand({ FunctionName });
    const { Environment, Timeout = 0 } = await lambda.send(command);
    return { variables: Environment?.Variables ?? {}, timeoutSeconds: Timeout };
  };

  const environmentOf = async (logicalId: string): Promise<Record<string, string>> =>
    (await configurationOf(await physicalId(logicalId))).variables;

  /**
   * Changes environment variables, and the timeout where one is given. The function's processes start anew.
   *
   * @returns a function that restores both.
   */
  const setEnvironment = async (
    logicalId: string,
    change: Readonly<Record<string, string>>,
    timeoutSeconds?: number,
  ) => {
    const FunctionName = await physicalId(logicalId);
    const before = await configurationOf(FunctionName);
    const set = ({ variables, timeoutSeconds: Timeout }: Configuration) =>
      lambda.send(
        new UpdateFunctionConfigurationCommand({
          FunctionName,
          Environment: { Variables: variables },
          Timeout,
        }),
      );
    await set({
      variables: { ...before.variables, ...change },
      timeoutSeconds: timeoutSeconds ?? before.timeoutSeconds,
    });
    return () => set(before);
  };

  return { physicalId, environmentOf, setEnvironment };
}

/** A process in which the local engine runs a function. */
export interface FunctionProcess {
  readonly pid: number;
  /** Resident memory. */
  readonly megabytes: number;
}

/**
 * The processes of a function, identified by the folder that the engine makes for each, in a folder of its own: other engines
 * of the machine have functions of the same names.
 */
export async function functionProcesses(functionName: string): Promise<FunctionProcess[]> {
  const { stdout } = await execa('ps', ['-axo', 'pid=,rss=,args=']);
  const { engineHome = '' } = (await readRunState()) ?? {};
  return stdout.split('\n').flatMap((line) => {
    const [, pid, kilobytes, command = ''] = /^\s*(\d+)\s+(\d+) (.*)$/.exec(line) ?? [];
    return command.includes(`${engineHome}/ministack-lambda-${functionName}-`)
      ? [{ pid: Number(pid), megabytes: Math.round(Number(kilobytes) / 1024) }]
      : [];
  });
}

/** Kills all processes of a function, as a crash of their host would. @returns how many. */
export async function killProcesses(functionName: string): Promise<number> {
  const processes = await functionProcesses(functionName);
  for (const { pid } of processes) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  return processes.length;
}
