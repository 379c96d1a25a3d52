import { GetTemplateCommand, paginateListStacks } from '@aws-sdk/client-cloudformation';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { ListTagsForResourceCommand } from '@aws-sdk/client-sns';
import { parse } from 'yaml';
import { fields } from '../../local/template/json.ts';
import { identify } from '../environment/account.ts';
import { ask } from '../environment/ask.ts';
import {
  type CreateDeploymentClients,
  type DeploymentClients,
  handleAwsError,
  STACK_TAG,
} from '../environment/aws.ts';
import {
  chooseEnvironment,
  type Environment,
  environmentNames,
  readEnvironment,
  shownPath,
} from '../environment/file.ts';
import { requirePlace } from '../environment/place.ts';
import {
  deleteStack,
  findStack,
  listResources,
  type StackDescription,
} from '../environment/stack.ts';
import { CliError, InterruptedError, isErrorNamed, UsageError } from '../errors.ts';
import type { Terminal } from '../terminal.ts';
import { readContents, removeData } from './data.ts';
import { describeKept, describePlan, type Kept, planRemoval, type RemovalPlan } from './plan.ts';
import type { RemovalRecord } from './record.ts';

/** The options of `npm run remove`, as commander names them. */
export interface RemoveOptions {
  readonly env?: string;
  readonly withData?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export interface Dependencies extends Terminal {
  readonly createClients: CreateDeploymentClients;
  readonly folder: string;
  readonly explicitRegion: string | undefined;
  readonly record: RemovalRecord;
}

async function openEnvironment(
  { env }: RemoveOptions,
  { folder }: Dependencies,
): Promise<Environment> {
  const names = await environmentNames(folder);
  const name = chooseEnvironment(env, names);
  const environment = name === undefined ? undefined : await readEnvironment(folder, name);
  if (environment !== undefined) return environment;
  const what = name === undefined ? 'an environment' : `the environment ${name}`;
  const others = names.length === 0 ? '' : ` There are ${names.join(', ')}.`;
  throw new UsageError(
    `There is no file for ${what} in ${shownPath(folder)}/.${others} To make a file of a deployed stack, run npm run deploy.`,
  );
}

/** Destinations' stacks have rules on this stack's buses, which can't be deleted before them. */
async function requireNoDestinations(
  { cloudFormation: client }: DeploymentClients,
  stackName: string,
): Promise<void> {
  const prefix = `${stackName}-to-`;
  const names: string[] = [];
  try {
    for await (const { StackSummaries = [] } of paginateListStacks({ client }, {}))
      for (const { StackName = '', StackStatus } of StackSummaries)
        if (StackName.startsWith(prefix) && StackStatus !== 'DELETE_COMPLETE')
          names.push(StackName.slice(prefix.length));
  } catch (error) {
    handleAwsError(error);
  }
  if (names.length === 0) return;
  const commands = names.map(
    (name) => `  npm run destination -- remove ${name} --stack-name ${stackName}`,
  );
  throw new CliError(`Remove the destinations of ${stackName} first:\n${commands.join('\n')}`);
}

/** The deletion policies of the deployed template, by logical id. */
async function deletionPolicies(
  { cloudFormation }: DeploymentClients,
  { id }: StackDescription,
): Promise<Record<string, unknown>> {
  const command = new GetTemplateCommand({ StackName: id, TemplateStage: 'Processed' });
  const { TemplateBody = '{}' } = await cloudFormation.send(command).catch(handleAwsError);
  const { Resources } = fields(parse(TemplateBody, { logLevel: 'silent' }));
  return Object.fromEntries(
    Object.entries(fields(Resources)).map(([id_, one]) => [id_, fields(one)['DeletionPolicy']]),
  );
}

const unlessMissing = (error: unknown): undefined => {
  const names = ['ResourceNotFoundException', 'NotFoundException', 'NotFound'];
  return isErrorNamed(error, ...names) ? undefined : handleAwsError(error);
};

async function isOwnSecret({ secretsManager }: DeploymentClients, SecretId: string, owner: string) {
  const secret = await secretsManager
    .send(new DescribeSecretCommand({ SecretId }))
    .catch(unlessMissing);
  const tags = secret?.DeletedDate === undefined ? (secret?.Tags ?? []) : [];
  return tags.some(({ Key, Value }) => Key === STACK_TAG && Value === owner);
}

async function isOwnTopic({ sns }: DeploymentClients, ResourceArn: string, owner: string) {
  const topic = await sns
    .send(new ListTagsForResourceCommand({ ResourceArn }))
    .catch(unlessMissing);
  return (topic?.Tags ?? []).some(({ Key, Value }) => Key === STACK_TAG && Value === owner);
}

/** What `deploy` created outside the stack: the secrets and the topic that the file names and that carry the stack's tag. */
async function ownResources(
  clients: DeploymentClients,
  { parameters, stackName }: Environment,
): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const [name, arn] of Object.entries(parameters)) {
    if (/SecretArn$/.test(name) && arn && (await isOwnSecret(clients, arn, stackName)))
      kept.push({ type: 'AWS::SecretsManager::Secret', name, physicalId: arn });
    if (name === 'AlarmTopicArn' && arn && (await isOwnTopic(clients, arn, stackName)))
      kept.push({ type: 'AWS::SNS::Topic', name, physicalId: arn });
  }
  return kept;
}

const unique = (kept: readonly Kept[]): Kept[] => [
  ...new Map(kept.map((one) => [one.physicalId, one])).values(),
];

/** The removal of a stack, and of what an earlier removal left. */
async function makePlan(
  clients: DeploymentClients,
  environment: Environment,
  stack: StackDescription | undefined,
  record: RemovalRecord,
): Promise<RemovalPlan> {
  const earlier = await record.read(environment);
  const outside = await ownResources(clients, environment);
  const [resources, policies] =
    stack === undefined
      ? [[], {}]
      : await Promise.all([listResources(clients, stack.id), deletionPolicies(clients, stack)]);
  const { deleted, kept } = planRemoval(resources, policies, [...outside, ...earlier]);
  return { deleted, kept: await readContents(clients, unique(kept)) };
}

async function confirm(
  { stackName }: Environment,
  { withData, yes }: RemoveOptions,
  { log, prompt }: Dependencies,
): Promise<void> {
  if (yes) return;
  if (prompt === undefined)
    throw new UsageError('Without a terminal, pass --yes (remove) or --dry-run (show the plan).');
  const what = withData ? `${stackName} and its data` : stackName;
  await ask(
    { log, prompt },
    {
      message: `To remove ${what}, type the name of the stack:`,
      parse: (text) => {
        if (text === stackName) return true;
        throw new InterruptedError('Nothing was removed.');
      },
    },
  );
}

/** What a removal did, or would do, for `--json`. */
interface Removal {
  readonly stackName: string;
  readonly region: string;
  readonly change: 'none' | 'stack removed' | 'stack and data removed';
  /** Resources that are deleted with the stack, counted by type. */
  readonly deleted: Readonly<Record<string, number>>;
  /** What outlives the stack; with its data, what was deleted after it. */
  readonly kept: readonly Kept[];
}

/** Empties and deletes what outlives the stack, and takes each from the record. */
async function removeKept(
  clients: DeploymentClients,
  environment: Environment,
  { kept }: RemovalPlan,
  { log, record }: Dependencies,
): Promise<void> {
  let left = kept;
  await removeData(clients, kept, async (removed) => {
    left = left.filter((one) => one !== removed);
    await record.write(environment, left);
    log(`Removed: ${describeKept([removed]).trim()}`);
  });
  log(
    `Nothing is left of ${environment.stackName}. ${shownPath(environment.file)} is kept: delete it, or remove the ARNs of what was deleted from it before you deploy again.`,
  );
}

/** Deletes an environment's stack and, with `--with-data`, what outlives it. Can be repeated after an interruption. */
export async function remove(options: RemoveOptions, dependencies: Dependencies): Promise<Removal> {
  const { createClients, log, print, record, showProgress } = dependencies;
  const environment = await openEnvironment(options, dependencies);
  const { region, stackName } = environment;
  const clients = createClients(region);
  requirePlace(environment, await identify(createClients, region), dependencies);
  await requireNoDestinations(clients, stackName);
  const stack = await findStack(clients, stackName);
  const plan = await makePlan(clients, environment, stack, record);
  const result = { stackName, region, deleted: Object.fromEntries(plan.deleted), kept: plan.kept };
  if (stack === undefined && plan.kept.length === 0) {
    print(`${stackName} doesn't exist, and nothing of it is left.`);
    return { ...result, change: 'none' };
  }
  print(describePlan(plan, options.withData === true));
  if (options.dryRun || (stack === undefined && !options.withData))
    return { ...result, change: 'none' };
  await confirm(environment, options, dependencies);
  // Before the stack is deleted: afterwards, nothing names what it leaves.
  await record.write(environment, plan.kept);
  if (stack !== undefined) {
    showProgress(`Deleting ${stackName}…`);
    await deleteStack(clients, stack);
    print(`${stackName} is deleted.`);
  }
  if (!options.withData) {
    if (plan.kept.length > 0)
      log(`To delete what stays: npm run remove -- --env ${environment.name} --with-data`);
    return { ...result, change: 'stack removed' };
  }
  await removeKept(clients, environment, plan, dependencies);
  return { ...result, change: 'stack and data removed' };
}
