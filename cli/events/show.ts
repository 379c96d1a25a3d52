import { toUsageError } from '../aws.ts';
import { CliError, InterruptedError, isErrorNamed, NotFoundError } from '../errors.ts';
import { formatMs, plural, sanitizeText, toJson } from '../format.ts';
import { wrapText } from '../layout.ts';
import { parsePastTime, quoteArgument, type StackOptions, stackSelection } from '../options.ts';
import type { Dependencies } from './dependencies.ts';
import { type TraceResult, traceEvent } from './follow.ts';
import { formatSummaries } from './print.ts';
import { type EventStack, findEventStack } from './stack.ts';
import type { EventState, Hop, PayloadPlace, UnreadStore } from './trace.ts';

export interface ShowOptions extends StackOptions {
  readonly json?: boolean;
  readonly since: string;
}

const PERMISSIONS =
  'those of docs/policies/console-read.json: cloudformation:ListStackResources, logs:FilterLogEvents, and for what waits or is parked sqs:ReceiveMessage, sqs:ChangeMessageVisibility and s3:ListBucket';

/** @throws UsageError with AWS's error and its remedy; other errors of the commands unchanged. */
export const handleAwsError = (error: unknown): never => {
  if (error instanceof CliError) throw error;
  if (isErrorNamed(error, 'AbortError'))
    throw new InterruptedError('Interrupted.', { cause: error });
  throw toUsageError(error, PERMISSIONS);
};

/** Ids are shorter, but a sender can make one of any length. */
const MAX_ID_LENGTH = 120;

const localTime = (at: Date): string =>
  `${at.toLocaleTimeString('en-GB')}.${String(at.getMilliseconds()).padStart(3, '0')}`;

function formatHops(hops: readonly Hop[]): string[] {
  return hops.flatMap(({ at, text, isFailure }, index) => {
    const time = new Date(at);
    const before = hops[index - 1];
    const step = before === undefined ? '' : `+${formatMs(time.getTime() - Date.parse(before.at))}`;
    const mark = isFailure ? '!' : ' ';
    return wrapText(text, `${mark} ${localTime(time)}  ${at}  ${step.padStart(9)}  `);
  });
}

const remedies: Readonly<Record<EventState, string>> = {
  succeeded: '',
  ignored: '',
  failed: 'Its message is not tried again by itself.',
  waiting: 'It is tried again by itself.',
  parked: 'It is kept until a person decides.',
  'in progress':
    'No function has written about it since: it waits in ApiCallQueue, or only rules without log lines send it on (API destinations write none if they succeed).',
  'on the bus':
    'No function has written about it since. Either it waits in ApiCallQueue, as during a pause; or only rules of your own and API destinations match it, which write no lines here if they succeed; or no rule matches it: a mapping must be in the parameter Mappings.',
};

/**
 * The commands for what still holds the event. The state does not tell what a redrive would do: `dlq show` does, and names the
 * commands that help.
 */
function nextCommands({ store, key }: PayloadPlace, options: ShowOptions): string[] {
  if (store === 'PayloadBucket') return [];
  const stack = stackSelection(options);
  if (store !== 'ParkBucket') return [`npm run dlq -- show ${key}${stack}`];
  const id = (key.split('/').at(-1) ?? '').replace(/\.json$/, '');
  return [`npm run dlq -- show ${id}${stack}`, `npm run dlq -- unpark --filter id=${id}${stack}`];
}

/** What the state means for the event; the record of a message that was dropped has the operator and the reason. */
function remedyOf({ state, hops }: TraceResult, options: ShowOptions): string {
  const last = hops.at(-1);
  if (last?.kind !== 'dropped') return remedies[state];
  const id = quoteArgument(String(last.fields['messageId']));
  return `Its message was dropped, by whom and why: npm run dlq -- show ${id}${stackSelection(options)}`;
}

/** What could not be searched, and the permissions for it. */
function formatUnread(unread: readonly UnreadStore[]): string[] {
  const stores = unread.map(
    ({ store, permissions }) =>
      `Not searched: ${store}, for want of ${permissions.join(', ')} (docs/policies/console-read.json).`,
  );
  return stores.length > 0 ? ['', ...stores] : [];
}

function formatTrace(trace: TraceResult, options: ShowOptions): string {
  const { id, ids, state, hops, payloads, unread, reading, others } = trace;
  const names = Object.entries(ids).map(
    ([name, values]) =>
      `  ${name.padEnd(15)} ${values.map((one) => sanitizeText(one, MAX_ID_LENGTH)).join(', ')}`,
  );
  const next = payloads.flatMap((place) => nextCommands(place, options));
  return [
    `${sanitizeText(id, MAX_ID_LENGTH)}: ${state}. ${remedyOf(trace, options)}`.trimEnd(),
    ...names,
    '',
    '  Local time    UTC                          After  What happened',
    ...formatHops(hops),
    ...(payloads.length > 0
      ? ['', ...payloads.map(({ store, key }) => `Kept in ${store}: ${key}`)]
      : []),
    ...formatUnread(unread),
    ...(next.length > 0 ? ['', 'Next:', ...next.map((command) => `  ${command}`)] : []),
    ...(others.length > 0
      ? ['', `${plural(others.length, 'other event')} with this id:`, formatSummaries(others)]
      : []),
    ...(reading.isComplete
      ? []
      : [
          '',
          `Not all log lines since ${reading.since} were read: there can be more. Pass a later --since.`,
        ]),
  ].join('\n');
}

/** Nothing in the range names the id: the message says what was read, the remedy where else to look. */
export function eventNotFound(
  trace: TraceResult,
  { logGroups }: EventStack,
  options: StackOptions,
): NotFoundError {
  const { since, until, isComplete } = trace.reading;
  const id = sanitizeText(trace.id, MAX_ID_LENGTH);
  const groups = logGroups.map(({ name }) => name).join(', ');
  const problem = [
    `Nothing names ${id}.`,
    `Read: the log lines from ${since} to ${until} in ${groups}${isComplete ? '' : ' (not all: there were too many)'}; up to 50 messages of each of ApiCallDlq, RuleDlq and SpillQueue, without those that wait until they are due; the first 10,000 keys of ParkBucket.`,
    ...formatUnread(trace.unread).slice(1),
  ].join('\n');
  const remedy = `Look further back: npm run events -- show ${quoteArgument(id)} --since 14d${stackSelection(options)}. A line can take some seconds to arrive; LogLevel must be INFO or DEBUG, and LogRetentionDays ends what can be found.`;
  return new NotFoundError(problem, { remedy, result: trace });
}

/** After this long, people wonder what a command does. */
const PATIENCE_MS = 3_000;

const secondsSince = (start: number): string =>
  `${Math.round((performance.now() - start) / 1_000)} s`;

/** Tells on the terminal what is being read, once it takes long; `end` also tells a log file how long it took. */
function createProgress(
  until: Date,
  { log, showProgress }: Pick<Dependencies, 'log' | 'showProgress'>,
) {
  const start = performance.now();
  let range = '';
  const timer = setInterval(() => {
    if (performance.now() - start >= PATIENCE_MS)
      showProgress(`Reading the log lines ${range} (${secondsSince(start)})`);
  }, 1_000);
  return {
    onReading: (since: Date): void => {
      range = `from ${since.toISOString()} to ${until.toISOString()}`;
    },
    end: (): void => {
      clearInterval(timer);
      if (performance.now() - start >= PATIENCE_MS)
        log(`The reading took ${secondsSince(start)}: a later --since makes it shorter.`);
    },
  };
}

/** `show`: an event's whole way, by any of its ids. @returns the exit code; throws a CliError if nothing names the id */
export async function runShow(
  id: string,
  options: ShowOptions,
  dependencies: Dependencies,
): Promise<number> {
  const { createClients, print, stopSignal } = dependencies;
  const until = new Date();
  const since = parsePastTime(options.since, '--since', until);
  const clients = await createClients(options);
  const stack = await findEventStack(clients, options, handleAwsError);
  const { onReading, end } = createProgress(until, dependencies);
  const trace = await traceEvent(id, { clients, stack, since, until, onReading }, stopSignal)
    .catch(handleAwsError)
    .finally(end);
  if (trace.hops.length === 0) throw eventNotFound(trace, stack, options);
  print(options.json ? toJson('events show', true, trace) : formatTrace(trace, options));
  return 0;
}
