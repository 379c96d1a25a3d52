import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import type { TestProject } from 'vitest/node';
import { localClient } from '../../local/stack/aws.ts';
import { localParameters } from '../../local/stack/parameters.ts';
import { paths } from '../../local/stack/paths.ts';
import { readRunState } from '../../local/stack/run-state.ts';
import { readStack, type Stack } from '../../local/stack/stack-file.ts';
import { listedGrants } from '../iam/listed-grants.ts';
import {
  callsOfStack,
  type DeployedResource,
  denials,
  disagreements,
  readRecording,
  sampleOf,
  unusedGrants,
} from '../iam/recording.ts';
import { type IamStack, iamStack } from '../iam/stack.ts';
import { resolveStack } from '../template/stack.ts';
import { parameters } from './parameters.ts';

/** How many recorded calls a second evaluator checks: some of each role and action. */
const SAMPLE = 50;

/** The template with the parameters of the running stack. */
async function deployedStack(): Promise<IamStack> {
  const state = await readRunState();
  if (!state?.connectionSecret || !state.salesforceUrl) throw new Error('No local stack runs.');
  const { secrets, connectionSecret, salesforceUrl } = state;
  return iamStack(
    resolveStack(
      await localParameters({ salesforceUrl, secrets, connectionSecret, overrides: parameters }),
    ),
  );
}

async function deployedResources({ endpoint, stackName }: Stack): Promise<DeployedResource[]> {
  const { StackResourceSummaries = [] } = await new CloudFormationClient(
    localClient(endpoint),
  ).send(new ListStackResourcesCommand({ StackName: stackName }));
  return StackResourceSummaries.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => ({
    logicalId: LogicalResourceId,
    physicalId: PhysicalResourceId,
  }));
}

/** Whether all tests of the project ran, and passed: only then are the calls all that the stack makes. */
async function isComplete(project: TestProject): Promise<boolean> {
  const { testFiles } = await project.globTestFiles();
  const modules = project.vitest.state
    .getTestModules()
    .filter((module) => module.project.name === project.name);
  const isFiltered = project.config.testNamePattern !== undefined;
  return !isFiltered && modules.length === testFiles.length && modules.every((one) => one.ok());
}

async function problemsOfGrants(stack: Stack): Promise<string[]> {
  const deployed = await deployedStack();
  const recorded = await readRecording(paths.iamCalls);
  const resources = await deployedResources(stack);
  const calls = callsOfStack(recorded, resources, deployed, stack.stackName);
  const sample = sampleOf(calls, SAMPLE);
  const denied = await disagreements(deployed, sample);
  const listed = listedGrants.filter(({ unusedIn }) => unusedIn.includes('end-to-end'));
  const unused = await unusedGrants(deployed, calls, listed);
  console.log(
    `IAM: ${recorded.length} calls recorded, ${calls.length} of them different; a second evaluator checked ${sample.length}.`,
  );
  return [
    ...denied.map(
      ({ role, action, resource }) =>
        `The engine allowed ${role} to ${action} on ${resource}, and a second evaluator denies it.`,
    ),
    ...unused.map(
      (grant) =>
        `${grant}. Remove the grant from template.yaml, test what needs it, or list it in test/iam/listed-grants.ts.`,
    ),
  ];
}

/**
 * Checks the permissions of the stack after its tests.
 *
 * @throws Error naming each call that was denied and, after a complete run, each grant that no call needs.
 */
export async function checkAccess(project: TestProject): Promise<void> {
  const stack = await readStack();
  if (!stack.iamEnforced) {
    console.warn('IAM: not checked, because the emulator at AWS_ENDPOINT_URL does not enforce it.');
    return;
  }
  const problems = denials(await readRecording(paths.iamCalls));
  if (problems.length === 0 && (await isComplete(project)))
    problems.push(...(await problemsOfGrants(stack)));
  if (problems.length > 0) throw new Error(`IAM:\n  ${problems.join('\n  ')}`);
}
