import {
  type ChangeSetType,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  ExecuteChangeSetCommand,
  type Parameter,
  paginateDescribeChangeSet,
  paginateDescribeStackEvents,
  type ResourceChange,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import pWaitFor from 'p-wait-for';
import { type DeploymentClients, handleAwsError } from '../environment/aws.ts';
import type { Values } from '../environment/file.ts';
import { findStack } from '../environment/stack.ts';
import { CliError } from '../errors.ts';

type CloudFormation = Pick<DeploymentClients, 'cloudFormation'>;

export interface ChangeSetRequest {
  readonly stackName: string;
  readonly type: ChangeSetType;
  readonly templateUrl: string;
  readonly parameters: Parameter[];
  readonly tags: Values;
}

export interface ChangeSet {
  readonly id: string;
  readonly stackId: string;
  readonly type: ChangeSetType;
  /** Empty when the stack is as it should be already. */
  readonly changes: readonly ResourceChange[];
}

/** The reasons of a change set that has no changes ("Create change sets"). */
const NO_CHANGES = /didn't contain changes|No updates are to be performed/;

/** Intervals and limits of waiting, for tests too. */
export interface Waiting {
  readonly intervalMs: number;
}

async function describeAll({ cloudFormation: client }: CloudFormation, ChangeSetName: string) {
  const changes: ResourceChange[] = [];
  let [status, reason] = ['', ''];
  try {
    for await (const page of paginateDescribeChangeSet({ client }, { ChangeSetName })) {
      changes.push(...(page.Changes ?? []).flatMap(({ ResourceChange }) => ResourceChange ?? []));
      ({ Status: status = '', StatusReason: reason = '' } = page);
    }
  } catch (error) {
    handleAwsError(error);
  }
  return { status, reason, changes };
}

/**
 * Creates a change set and waits until CloudFormation knows the changes.
 *
 * @throws CliError with CloudFormation's reason when it refuses the template or a parameter.
 */
export async function createChangeSet(
  clients: CloudFormation,
  { parameters, stackName, tags, templateUrl, type }: ChangeSetRequest,
  { intervalMs }: Waiting,
): Promise<ChangeSet> {
  const command = new CreateChangeSetCommand({
    StackName: stackName,
    ChangeSetName: `deploy-${new Date().toISOString().replace(/\D/g, '')}`,
    ChangeSetType: type,
    TemplateURL: templateUrl,
    Parameters: parameters,
    Capabilities: ['CAPABILITY_IAM'],
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  });
  const { Id: id = '', StackId: stackId = '' } = await clients.cloudFormation
    .send(command)
    .catch(handleAwsError);
  const described = await pWaitFor(
    async () => {
      const { changes, reason, status } = await describeAll(clients, id);
      if (status === 'CREATE_PENDING' || status === 'CREATE_IN_PROGRESS') return false;
      return pWaitFor.resolveWith({ changes, reason, status });
    },
    { interval: intervalMs, timeout: { milliseconds: 600_000 } },
  );
  const changeSet = { id, stackId, type, changes: described.changes };
  if (described.status === 'CREATE_COMPLETE') return changeSet;
  await discard(clients, changeSet);
  if (NO_CHANGES.test(described.reason)) return { ...changeSet, changes: [] };
  throw new CliError(`CloudFormation refused the deployment: ${described.reason}`);
}

/** Deletes a change set, and the empty stack that a first one leaves in review. */
export async function discard(
  { cloudFormation }: CloudFormation,
  { id, stackId, type }: Pick<ChangeSet, 'id' | 'stackId' | 'type'>,
): Promise<void> {
  await cloudFormation
    .send(new DeleteChangeSetCommand({ ChangeSetName: id }))
    .catch(handleAwsError);
  if (type !== 'CREATE') return;
  await cloudFormation.send(new DeleteStackCommand({ StackName: stackId })).catch(handleAwsError);
}

/** The id of the stack's newest event, after which an operation's own events begin. */
export async function newestEvent(
  { cloudFormation }: CloudFormation,
  StackName: string,
): Promise<string | undefined> {
  const command = new DescribeStackEventsCommand({ StackName });
  const { StackEvents = [] } = await cloudFormation.send(command).catch(handleAwsError);
  return StackEvents[0]?.EventId;
}

/** The stack's events since `since`, the newest first. */
async function eventsSince(
  { cloudFormation: client }: CloudFormation,
  StackName: string,
  since: string | undefined,
): Promise<StackEvent[]> {
  const events: StackEvent[] = [];
  try {
    for await (const { StackEvents = [] } of paginateDescribeStackEvents(
      { client },
      { StackName },
    )) {
      const end = StackEvents.findIndex(({ EventId }) => EventId === since);
      events.push(...StackEvents.slice(0, end === -1 ? undefined : end));
      if (end !== -1) break;
    }
  } catch (error) {
    handleAwsError(error);
  }
  return events;
}

/** Resources that failed because another one did. */
const CONSEQUENCE = /cancelled|canceled/i;

/** Why an operation failed: the resources that failed first, with CloudFormation's reasons. */
export function failureReasons(events: readonly StackEvent[]): string[] {
  const failed = events.filter(
    ({ ResourceStatus = '', ResourceStatusReason = '' }) =>
      ResourceStatus.endsWith('_FAILED') && !CONSEQUENCE.test(ResourceStatusReason),
  );
  return failed
    .toReversed()
    .slice(0, 5)
    .map(
      ({ LogicalResourceId, ResourceStatusReason = 'no reason given', ResourceType }) =>
        `${LogicalResourceId} (${ResourceType}): ${ResourceStatusReason}`,
    );
}

export interface Outcome {
  readonly status: string;
  readonly reasons: readonly string[];
}

type Watching = Waiting & { showProgress: (text: string) => void };

/**
 * Executes a change set and waits until CloudFormation is done with the stack.
 *
 * @throws CliError when it can't be executed, or no longer be watched: credentials that expire, for example.
 */
export async function execute(
  clients: CloudFormation,
  changeSet: ChangeSet,
  watching: Watching,
): Promise<Outcome> {
  const { id, stackId } = changeSet;
  const since = await newestEvent(clients, stackId);
  await clients.cloudFormation
    .send(new ExecuteChangeSetCommand({ ChangeSetName: id }))
    .catch(handleAwsError);
  try {
    return await outcomeOf(clients, changeSet, since, watching);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    throw new CliError(
      `${error.message}\nCloudFormation goes on with the deployment, which can't be watched any more. Run the command again later: it says "No changes" when the deployment has succeeded. To watch it: aws cloudformation describe-stack-events --stack-name ${stackId}`,
      { cause: error },
    );
  }
}

async function outcomeOf(
  clients: CloudFormation,
  { changes, stackId }: ChangeSet,
  since: string | undefined,
  { intervalMs, showProgress }: Watching,
): Promise<Outcome> {
  const status = await pWaitFor(
    async () => {
      const stack = await findStack(clients, stackId);
      const events = await eventsSince(clients, stackId, since);
      const done = new Set(
        events.flatMap(({ LogicalResourceId, ResourceStatus = '' }) =>
          ResourceStatus.endsWith('_COMPLETE') ? [LogicalResourceId] : [],
        ),
      );
      const [newest] = events;
      showProgress(
        `${done.size} of ${changes.length} resources · ${newest?.ResourceStatus ?? ''} ${newest?.LogicalResourceId ?? ''}`,
      );
      // Before its first event, the stack still has the status of the last operation.
      if (stack === undefined || events.length === 0 || stack.status.endsWith('_IN_PROGRESS'))
        return false;
      return pWaitFor.resolveWith(stack.status);
    },
    { interval: intervalMs },
  );
  const isFailed = /ROLLBACK|FAILED/.test(status);
  return {
    status,
    reasons: isFailed ? failureReasons(await eventsSince(clients, stackId, since)) : [],
  };
}
