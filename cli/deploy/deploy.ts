import { withMappedTypes } from '../../build/mappings/enabled.ts';
import { readTemplate, type SourceTemplate } from '../../local/template/source.ts';
import { identify } from '../environment/account.ts';
import type { DeploymentClients } from '../environment/aws.ts';
import {
  chooseEnvironment,
  type Environment,
  environmentNames,
  readEnvironment,
  setParameters,
  shownPath,
  type Values,
  writeEnvironment,
} from '../environment/file.ts';
import { requirePlace } from '../environment/place.ts';
import { findStack, type StackDescription } from '../environment/stack.ts';
import { CliError, InterruptedError, toSentences, UsageError } from '../errors.ts';
import { type Before, check, readBefore } from './before.ts';
import {
  type ChangeSet,
  type ChangeSetRequest,
  createChangeSet,
  discard,
  execute,
} from './change-set.ts';
import { type Change, toChanges } from './changes.ts';
import { confirmChanges, confirmDifferences } from './confirm.ts';
import { firstEnvironment } from './first.ts';
import { nextSteps } from './next-steps.ts';
import { askingOf, type Dependencies, type DeployOptions, refuse } from './options.ts';
import { handedOver, valueProblemsOf } from './parameters.ts';

/** The environment's file with the values of `--set`; without a file, what the user answers. */
async function openEnvironment(
  options: DeployOptions,
  template: SourceTemplate,
  dependencies: Dependencies,
): Promise<Environment> {
  const { folder } = dependencies;
  const names = await environmentNames(folder);
  const name = chooseEnvironment(options.env, names);
  const known = name === undefined ? undefined : await readEnvironment(folder, name);
  if (known !== undefined) return setParameters(known, options.set);
  const asking = askingOf(dependencies);
  const missing = name === undefined ? 'an environment' : `the environment ${name}`;
  const others = names.length === 0 ? '' : ` There are ${names.join(', ')}.`;
  if (asking === undefined || options.dryRun)
    throw new UsageError(
      `There is no file for ${missing} in ${shownPath(folder)}/.${others} Run npm run deploy on a terminal, without --dry-run, or copy deploy/example.yaml.`,
    );
  const first = await firstEnvironment(asking, name, names, { ...dependencies, template }).catch(
    (error: unknown) => {
      if (!(error instanceof InterruptedError)) throw error;
      throw new InterruptedError('Nothing was written or deployed.', { cause: error });
    },
  );
  return setParameters(first, options.set);
}

async function run(
  clients: DeploymentClients,
  environment: Environment,
  { changes, changeSet }: Required<Planned>,
  dependencies: Dependencies,
): Promise<StackDescription | undefined> {
  const { log } = dependencies;
  const { region, stackName } = environment;
  log(`Deploying ${stackName}. CloudFormation goes on if this command is stopped.`);
  const { reasons, status } = await execute(clients, changeSet, dependencies);
  if (!/ROLLBACK|FAILED/.test(status)) return findStack(clients, stackName);
  const next =
    changeSet.type === 'CREATE'
      ? 'Fix the cause and run the command again: it removes what is left and starts again.'
      : `The stack is as it was before; ${shownPath(environment.file)} has the new values. Fix the cause and run the command again.`;
  const result = { stackName, region, change: 'failed', status, reasons, changes };
  throw new CliError(`${stackName} is ${status}.\n${toSentences(reasons)}`.trimEnd(), {
    remedy: next,
    result,
  });
}

interface Planned {
  /** Of resources; empty when there is nothing to do. */
  readonly changes: readonly Change[];
  /** To execute; absent for a dry run, and when there is nothing to do. */
  readonly changeSet?: ChangeSet;
}

/** The change set that makes the stack what the file says, shown and confirmed. */
async function confirmedChangeSet(
  clients: DeploymentClients,
  template: SourceTemplate,
  environment: Environment,
  before: Before,
  context: { options: DeployOptions; dependencies: Dependencies },
): Promise<Planned> {
  const { dependencies, options } = context;
  const { showProgress } = dependencies;
  const { file, parameters, region, stackName, tags } = environment;
  const request: ChangeSetRequest = {
    stackName,
    tags,
    templateUrl: await dependencies.packageTemplate(clients, { region, stackName, showProgress }),
    type: before.stack === undefined ? 'CREATE' : 'UPDATE',
    parameters: handedOver(template, parameters, before.deployed),
  };
  const changeSet = await createChangeSet(clients, request, dependencies);
  if (changeSet.changes.length === 0) {
    dependencies.print(`No changes: ${stackName} is as ${shownPath(file)} says.`);
    return { changes: [] };
  }
  const changes = toChanges(template, changeSet.changes);
  try {
    if (await confirmChanges(changes, options, dependencies)) return { changes, changeSet };
  } catch (error) {
    await discard(clients, changeSet);
    throw error;
  }
  await discard(clients, changeSet);
  return { changes };
}

/** What a deployment did, for `--json`. */
interface Deployment {
  readonly stackName: string;
  readonly region: string;
  readonly change: 'created' | 'updated' | 'none' | 'dry run';
  readonly changes: readonly Change[];
  /** Of the stack that was created or updated. */
  readonly outputs?: Values;
}

/** Deploys exactly what the environment's file says. */
export async function deploy(
  options: DeployOptions,
  dependencies: Dependencies,
): Promise<Deployment> {
  const template = readTemplate('template.yaml');
  refuse(valueProblemsOf(template, options.set));
  if (dependencies.prompt === undefined && !options.yes && !options.dryRun)
    throw new UsageError(
      'Without a terminal, pass --yes (deploy) or --dry-run (show the changes).',
    );
  const environment = await openEnvironment(options, template, dependencies);
  refuse(valueProblemsOf(template, environment.parameters));
  const clients = dependencies.createClients(environment.region);
  const identity = await identify(dependencies.createClients, environment.region);
  requirePlace(environment, identity, dependencies);
  const before = await readBefore(clients, environment, options, dependencies);
  await check(clients, template, environment, before, dependencies);
  const parameters = await withMappedTypes(environment.parameters, '.');
  const complete = { ...environment, parameters };
  await confirmDifferences(template, complete, before, options, dependencies);
  const context = { options, dependencies };
  const planned = await confirmedChangeSet(clients, template, complete, before, context);
  const { stackName, region } = environment;
  const result = { stackName, region, changes: planned.changes };
  if (options.dryRun) return { ...result, change: 'dry run' };
  // Before the deployment: if this command is stopped, the file says what CloudFormation goes on to do.
  if (Object.keys(options.set).length > 0) await writeEnvironment(environment);
  const { changes, changeSet } = planned;
  if (changeSet === undefined) return { ...result, change: 'none' };
  const stack = await run(clients, environment, { changes, changeSet }, dependencies);
  const isFirst = before.stack === undefined;
  const shellRegion = await dependencies.shellRegion();
  const change = isFirst ? 'created' : 'updated';
  const outputs = stack?.outputs ?? {};
  dependencies.print(`${stackName} is ${change}.\n`);
  dependencies.print(nextSteps(environment, outputs, { isFirst, shellRegion }));
  return { ...result, change, outputs };
}
