import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { isInForce, latestEnd, type Pause, PauseTable } from '../../functions/common/pause.ts';
import { switchPoller } from '../../functions/common/poller.ts';
import { type AwsClients, createAwsErrorHandler } from '../aws.ts';
import { CliError, isErrorNamed, UsageError } from '../errors.ts';
import { formatAge, plural, toJson } from '../format.ts';
import { type StackOptions, stackSelection } from '../options.ts';
import { countMessages, describePause, RESUME } from '../pause.ts';
import { describeResource, describeStack, requireOutput } from '../stack.ts';
import type { Dependencies } from './commands.ts';

/** The stack to pause, and how. */
interface PauseRequest extends StackOptions {
  /** Milliseconds. */
  readonly for?: number;
  readonly reason?: string;
}

/** The options of `pause` and `resume`, as commander names them. */
export interface PauseOptions extends PauseRequest {
  readonly json?: boolean;
}

/** What a command has changed. */
interface PauseChange {
  /** The pause that there is now. */
  readonly pause: Pause | undefined;
  /** The requests in ApiCallQueue, about. */
  readonly messages: number;
  /** For people: what was done, and what follows from it. */
  readonly sentences: readonly string[];
}

const handleAwsError = createAwsErrorHandler('those in docs/policies/operator.json');

/** What a pause changes, and what it depends on. */
interface Pausable {
  readonly clients: AwsClients;
  readonly name: string;
  readonly table: PauseTable;
  readonly pollerId: string;
  /** The requests in ApiCallQueue, about. */
  readonly messages: number;
  readonly retentionSeconds: number;
  readonly marginSeconds: number;
  readonly hasSchedule: boolean;
  /** The command that ends its pause. */
  readonly resume: string;
}

async function findPausable(options: StackOptions, clients: AwsClients): Promise<Pausable> {
  const stack = await describeStack(clients, options, handleAwsError);
  const QueueUrl = requireOutput(stack, 'ApiCallQueueUrl');
  const idOf = (logicalId: string): Promise<string> =>
    describeResource(clients, options, logicalId, handleAwsError);
  const tableName = await idOf('IdempotencyTable');
  const pollerId = await idOf('SalesforceApiCallFunctionApiCallQueue');
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
  const { Attributes = {} } = await clients.sqs.send(command).catch(handleAwsError);
  return {
    clients,
    name: stack.name,
    table: new PauseTable({ client: clients.dynamoDb, tableName }),
    pollerId,
    messages: countMessages(Attributes),
    retentionSeconds: Number(Attributes['MessageRetentionPeriod']),
    marginSeconds: Number(stack.parameters['RetentionMarginHours'] ?? 24) * 3_600,
    hasSchedule: stack.parameters['ReprocessorState'] !== 'DISABLED',
    resume: `${RESUME}${stackSelection(options)}`,
  };
}

/**
 * The pause that the options ask for. One that there is already goes on: requests have waited since it began.
 *
 * @throws UsageError when it would last so long that waiting requests could expire.
 */
function planPause(before: Pause | undefined, options: PauseRequest, pausable: Pausable): Pause {
  const { retentionSeconds, marginSeconds } = pausable;
  const now = new Date();
  const since = before?.since ?? now;
  const latest = latestEnd(since, retentionSeconds, marginSeconds);
  const longestMs = latest.getTime() - now.getTime();
  const lengthMs = options.for ?? longestMs;
  if (lengthMs > longestMs || longestMs <= 0) {
    const limit = `requests expire ${retentionSeconds / 86_400} days after they were sent, so a pause ends ${marginSeconds / 3_600} hours (RetentionMarginHours) before that`;
    throw new UsageError(
      before === undefined
        ? `--for is too long: ${limit}. Pass at most ${Math.floor(longestMs / 3_600_000)}h.`
        : `${pausable.name} has been paused since ${since.toISOString()}, and ${limit}: at ${latest.toISOString()} at the latest. Pass a shorter --for, or resume first (${pausable.resume}).`,
    );
  }
  const reason = options.reason ?? before?.reason;
  const until = new Date(now.getTime() + lengthMs);
  return { since, until, ...(reason === undefined ? {} : { reason }) };
}

async function replace(table: PauseTable, before: Pause | undefined, next: Pause | undefined) {
  await table.replace(before, next).catch((error: unknown) => {
    if (!isErrorNamed(error, 'ConditionalCheckFailedException')) handleAwsError(error);
    throw new CliError(
      'Another command, or the reprocessor, has changed the pause at the same time: run the command again.',
      { cause: error },
    );
  });
}

/** @returns false while Lambda is still carrying out an earlier change. */
async function trySwitch({ clients, pollerId }: Pausable, isOn: boolean): Promise<boolean> {
  try {
    await switchPoller(clients.lambda, pollerId, isOn);
    return true;
  } catch (error) {
    if (isErrorNamed(error, 'ResourceInUseException')) return false;
    return handleAwsError(error);
  }
}

function describeChange(pause: Pause, isStopping: boolean, pausable: Pausable): string[] {
  const { hasSchedule, messages, name, resume } = pausable;
  return [
    `${name} is paused ${describePause(pause)}.`,
    `${plural(messages, 'message')} in ApiCallQueue; new ones wait there too. Callers over HTTP get NOT_NOW.`,
    isStopping
      ? 'What has begun is finished. The poller stops within a minute.'
      : 'Lambda is changing the poller at the moment. Until a run of the reprocessor stops it, messages go back to the queue.',
    hasSchedule
      ? `It ends by itself in ${formatAge(new Date(), pause.until)}, or now with ${resume}.`
      : `The reprocessor, which would end it, has no schedule (ReprocessorState): end it with ${resume}.`,
    ...(hasSchedule ? [] : ['After an hour, it raises ApiCallQueueAgeAlarm.']),
  ];
}

/**
 * Writes the pause, and then stops the poller. If that fails, the function gives messages back, and the reprocessor's next run
 * stops the poller.
 *
 * @throws UsageError if it would last too long, CliError if another command changes the pause at the same time.
 */
export async function pauseStack(options: PauseRequest, clients: AwsClients): Promise<PauseChange> {
  const pausable = await findPausable(options, clients);
  const { messages, table } = pausable;
  const before = await table.read().catch(handleAwsError);
  const pause = planPause(before, options, pausable);
  await replace(table, before, pause);
  const isStopping = await trySwitch(pausable, false);
  return { pause, messages, sentences: describeChange(pause, isStopping, pausable) };
}

/**
 * Ends the pause, starts the poller, and then removes the pause. At any point in between, the reprocessor's next run can do
 * the rest.
 *
 * @throws CliError while Lambda is still stopping the poller, and if another command changes the pause at the same time.
 */
export async function resumeStack(
  options: StackOptions,
  clients: AwsClients,
): Promise<PauseChange> {
  const pausable = await findPausable(options, clients);
  const { messages, name, table } = pausable;
  const now = new Date();
  const before = await table.read().catch(handleAwsError);
  const ended = before && isInForce(before, now) ? { ...before, until: now } : before;
  if (ended !== before) await replace(table, before, ended);
  if (!(await trySwitch(pausable, true)))
    throw new CliError(
      `The pause is over, but Lambda is still stopping the poller of ${name}: run the command again in a minute.${
        pausable.hasSchedule ? ' The next run of the reprocessor starts it too.' : ''
      }`,
    );
  if (ended !== undefined) await replace(table, ended, undefined);
  const sentence = `${name} ${before === undefined ? 'was not paused' : 'is resumed'}. Its poller starts within a minute, if it was off: ${plural(messages, 'message')} in ApiCallQueue.`;
  return { pause: undefined, messages, sentences: [sentence] };
}

const printChange =
  (command: string, change: typeof pauseStack) =>
  async (options: PauseOptions, { createClients, print }: Dependencies): Promise<void> => {
    const { pause, messages, sentences } = await change(options, await createClients(options));
    const result = { pause: pause ?? null, messages };
    print(options.json ? toJson(`salesforce ${command}`, true, result) : sentences.join('\n'));
  };

export const runPause = printChange('pause', pauseStack);
export const runResume = printChange('resume', resumeStack);
