import type { StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { ListEventBusesCommand, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { fields } from '../../local/template/json.ts';
import { nameLengthProblems } from '../../local/template/name-lengths.ts';
import { resolveTemplate } from '../../local/template/resolve.ts';
import { parameterProblems, type SourceTemplate } from '../../local/template/source.ts';
import { DeniedError, type DeploymentClients, handleAwsError } from '../environment/aws.ts';
import type { Environment, Values } from '../environment/file.ts';
import { isErrorNamed } from '../errors.ts';
import { concurrencyProblem, readLambdaAccount, reservations } from './concurrency.ts';
import { artifactBucketProblem } from './package.ts';
import { effectiveValues, valueProblemsOf } from './parameters.ts';
import { secretProblems } from './secrets.ts';

/** Default quotas ("Amazon EventBridge endpoints and quotas"); both can be raised, so reaching one is a warning. */
const QUOTAS = { busesPerAccount: 100, rulesPerBus: 300 } as const;

export interface CheckResult {
  /** Why the deployment would fail. */
  readonly problems: readonly string[];
  /** What may make it fail. */
  readonly warnings: readonly string[];
}

const nothing: CheckResult = { problems: [], warnings: [] };

/** The checks that need no call: names, values, rules and lengths. */
export function offlineProblems(
  template: SourceTemplate,
  { parameters, stackName }: Pick<Environment, 'parameters' | 'stackName'>,
  deployedIds: ReadonlySet<string>,
): string[] {
  const problems = valueProblemsOf(template, parameters);
  if (problems.length > 0) return problems;
  const values = effectiveValues(template, parameters, deployedIds);
  // A stack that works stays as it is, even if its name leaves no room for a resource that it doesn't have.
  const ids = new Set(Object.keys(resolveTemplate(template, values).resources));
  const checked = deployedIds.size > 0 ? ids : undefined;
  return [
    ...parameterProblems(template, values),
    ...nameLengthProblems(template, values, stackName, checked),
  ];
}

const functionNames = (resources: readonly StackResourceSummary[]): string[] =>
  resources.flatMap(({ PhysicalResourceId, ResourceType }) =>
    ResourceType === 'AWS::Lambda::Function' && PhysicalResourceId ? [PhysicalResourceId] : [],
  );

/** What the template adds of a type, beyond what the stack has. */
const added = (
  resources: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  deployedIds: ReadonlySet<string>,
  isCounted: (resource: Readonly<Record<string, unknown>>) => boolean,
): number =>
  Object.entries(resources).filter(([id, one]) => isCounted(one) && !deployedIds.has(id)).length;

async function countRules(
  { eventBridge }: DeploymentClients,
  EventBusName: string,
): Promise<number> {
  let count = 0;
  let NextToken: string | undefined;
  do {
    const page = await eventBridge.send(new ListRulesCommand({ EventBusName, NextToken }));
    count += page.Rules?.length ?? 0;
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  return count;
}

/** What the account checks look at. */
interface Checked {
  readonly clients: DeploymentClients;
  readonly template: SourceTemplate;
  readonly values: Values;
  readonly deployedIds: ReadonlySet<string>;
}

async function checkBuses({
  clients,
  deployedIds,
  template,
  values,
}: Checked): Promise<CheckResult> {
  const { resources } = resolveTemplate(template, values);
  const newBuses = added(resources, deployedIds, ({ Type }) => Type === 'AWS::Events::EventBus');
  const { EventBuses = [] } = await clients.eventBridge
    .send(new ListEventBusesCommand({ Limit: 100 }))
    .catch(handleAwsError);
  if (EventBuses.length + newBuses <= QUOTAS.busesPerAccount) return nothing;
  const warning = `This Region has ${EventBuses.length} event buses; ${newBuses} more exceed the default quota of ${QUOTAS.busesPerAccount} (Service Quotas, events).`;
  return { problems: [], warnings: [warning] };
}

async function checkRules({
  clients,
  deployedIds,
  template,
  values,
}: Checked): Promise<CheckResult> {
  const busName = values['EventBusName'] || undefined;
  if (busName === undefined) return nothing;
  const { resources } = resolveTemplate(template, values);
  const newRules = added(
    resources,
    deployedIds,
    ({ Properties, Type }) =>
      Type === 'AWS::Events::Rule' && fields(Properties)['EventBusName'] === busName,
  );
  const rules = await countRules(clients, busName).catch((error: unknown) =>
    isErrorNamed(error, 'ResourceNotFoundException') ? undefined : handleAwsError(error),
  );
  if (rules === undefined)
    return {
      problems: [`EventBusName: the bus ${busName} doesn't exist in this account and Region`],
      warnings: [],
    };
  if (rules + newRules <= QUOTAS.rulesPerBus) return nothing;
  const warning = `The bus ${busName} has ${rules} rules; ${newRules} more exceed the default quota of ${QUOTAS.rulesPerBus} (Service Quotas, L-244521F2).`;
  return { problems: [], warnings: [warning] };
}

async function checkConcurrency(
  { clients, template, values }: Checked,
  resources: readonly StackResourceSummary[],
): Promise<CheckResult> {
  const { concurrency, warnings } = await readLambdaAccount(clients, functionNames(resources));
  const problem = concurrencyProblem(concurrency, reservations(template, values));
  return { problems: problem === undefined ? [] : [problem], warnings };
}

/** Makes a check. Whoever has no right to make it may still have all that the deployment needs, and is only warned. */
async function attempt(what: string, check: () => Promise<CheckResult>): Promise<CheckResult> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof DeniedError)) throw error;
    const warning = `${what} could not be checked: you lack ${error.action} (docs/policies/deployer.json).`;
    return { problems: [], warnings: [warning] };
  }
}

/** The checks that ask the account: secrets, concurrency, quotas, and the bucket for the build. */
export async function accountProblems(
  clients: DeploymentClients,
  template: SourceTemplate,
  { parameters }: Pick<Environment, 'parameters'>,
  resources: readonly StackResourceSummary[],
): Promise<CheckResult> {
  const deployedIds = new Set(resources.flatMap(({ LogicalResourceId = '' }) => LogicalResourceId));
  const values = effectiveValues(template, parameters, deployedIds);
  const checked = { clients, template, values, deployedIds };
  const results = await Promise.all([
    attempt('Secrets', async () => ({
      problems: await secretProblems(clients, parameters),
      warnings: [],
    })),
    attempt('Concurrency', () => checkConcurrency(checked, resources)),
    attempt('The bucket for the build', async () => {
      const problem = await artifactBucketProblem(clients);
      const problems = problem === undefined ? [] : [`The build can't be uploaded: ${problem}`];
      return { problems, warnings: [] };
    }),
    attempt('The number of event buses', () => checkBuses(checked)),
    attempt('The number of rules', () => checkRules(checked)),
  ]);
  return {
    problems: results.flatMap(({ problems }) => problems),
    warnings: results.flatMap(({ warnings }) => warnings),
  };
}
