import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { root } from '../../local/stack/paths.ts';
import type { SourceTemplate } from '../../local/template/source.ts';
import type { DeploymentClients } from '../environment/aws.ts';
import type { Environment } from '../environment/file.ts';
import {
  deployedDefaults,
  findStack,
  listResources,
  type StackDescription,
} from '../environment/stack.ts';
import { CliError } from '../errors.ts';
import { accountProblems, offlineProblems } from './checks.ts';
import { cleanUpFailedCreation } from './failed-creation.ts';
import { askingOf, type Dependencies, type DeployOptions, refuse } from './options.ts';
import type { DeployedParameters } from './parameters.ts';
import { stackState } from './stack-state.ts';

/** The stack before the deployment. */
export interface Before {
  readonly stack: StackDescription | undefined;
  readonly resources: readonly StackResourceSummary[];
  readonly logicalIds: ReadonlySet<string>;
  readonly deployed: DeployedParameters | undefined;
}

/** Prepares the stack for a change set: removes what a failed creation left, refuses a stack that can't be changed. */
export async function readBefore(
  clients: DeploymentClients,
  { stackName }: Environment,
  options: DeployOptions,
  dependencies: Dependencies,
): Promise<Before> {
  const stack = await findStack(clients, stackName);
  const state = stackState(stackName, stack?.status);
  if (state.action === 'refuse') throw new CliError(state.reason);
  if (state.action === 'clean up' && stack !== undefined) {
    if (options.dryRun)
      throw new CliError(
        `The first deployment of ${stackName} failed (${stack.status}). The next one, without --dry-run, removes what is left and starts again.`,
      );
    const asking = askingOf(dependencies);
    await cleanUpFailedCreation(clients, stack, { asking, log: dependencies.log });
  }
  if (state.action !== 'update' || stack === undefined)
    return { stack: undefined, resources: [], logicalIds: new Set(), deployed: undefined };
  const [defaults, all] = await Promise.all([
    deployedDefaults(clients, stackName),
    listResources(clients, stackName),
  ]);
  const resources = all.filter(({ ResourceStatus }) => ResourceStatus !== 'DELETE_COMPLETE');
  const logicalIds = new Set(resources.flatMap(({ LogicalResourceId = '' }) => LogicalResourceId));
  return { stack, resources, logicalIds, deployed: { values: stack.parameters, defaults } };
}

/** What `sam deploy --guided` saves there would otherwise be taken for deployed. */
async function warnOfSamConfig(log: (text: string) => void): Promise<void> {
  const text = await readFile(join(root, 'samconfig.toml'), 'utf8').catch(() => '');
  if (/^\s*parameter_overrides\s*=/m.test(text))
    log(
      'Warning: samconfig.toml has parameter_overrides, which only the SAM CLI itself uses. Move them to the file.',
    );
}

/** Checks everything that would make the deployment fail. @throws UsageError with all problems */
export async function check(
  clients: DeploymentClients,
  template: SourceTemplate,
  environment: Environment,
  { logicalIds, resources }: Before,
  { log }: Dependencies,
): Promise<void> {
  refuse(offlineProblems(template, environment, logicalIds));
  const { problems, warnings } = await accountProblems(clients, template, environment, resources);
  await warnOfSamConfig(log);
  for (const warning of warnings) log(`Warning: ${warning}`);
  refuse(problems);
  log(
    warnings.length > 0
      ? 'The other checks passed.'
      : 'Checks passed: names, values, secrets, concurrency, quotas, and the bucket for the build.',
  );
}
