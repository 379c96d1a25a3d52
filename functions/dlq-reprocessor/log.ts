import { type LineMetrics, loggableId } from '#common/logger.ts';
import type { Evaluated } from './evaluate.ts';
import type { Invocation } from './invocation.ts';
import { resultOf } from './progress.ts';
import type { QueueReport } from './report.ts';

type Logging = Pick<Invocation, 'command' | 'log' | 'now'>;

const metricNames = {
  redriven: 'DlqRedriven',
  waiting: 'DlqWaiting',
  failed: 'DlqFailed',
} as const;

/**
 * Writes the log lines of a page: one for each message, with its ids, and one that counts the results. A line has one value
 * per dimension, so messages parked for a second reason, and for each further one, are counted in a line of their own.
 */
export function logPage(
  queue: string,
  evaluated: readonly Evaluated[],
  { command, log }: Logging,
): void {
  const { action } = command;
  for (const one of evaluated) logMessage(queue, one, { command, log });
  const outcomes = evaluated.map(resultOf);
  const values = Object.fromEntries(
    Object.entries(metricNames).flatMap(([result, name]) => {
      const total = outcomes.filter((one) => one.result === result).length;
      return total > 0 ? [[name, total]] : [];
    }),
  );
  const parked = outcomes.filter(({ result }) => result === 'parked');
  const [first, ...others] = Map.groupBy(parked, ({ reason }) => reason);
  const line = { queue, action, messages: evaluated.length, reason: first?.[0] };
  const failed = outcomes.filter(({ result }) => result === 'failed').length;
  const notDelivered = {
    values: failed > 0 ? { DeliveryFailed: failed } : {},
    isStackWide: true,
  } as const;
  const ofFirst = first ? parkedMetrics(first[1].length) : [];
  log.info('page processed', line, { values }, notDelivered, ...ofFirst);
  for (const [reason, { length }] of others)
    log.info('messages parked', { queue, reason }, ...parkedMetrics(length));
}

/** An alarm watches `DlqActionRequired`. It can't add up `DlqParked` over the reasons. */
const parkedMetrics = (DlqParked: number): LineMetrics[] => [
  { values: { DlqParked }, dimensions: [['reason']] },
  { values: { DlqActionRequired: DlqParked } },
];

function logMessage(
  queue: string,
  { message, envelope, facts, decision, error, sent, storedKey }: Evaluated,
  { command, log }: Pick<Logging, 'command' | 'log'>,
): void {
  const { messageId, parked } = message;
  const failure = envelope.kind === 'request' ? envelope.failure : undefined;
  const ids = {
    queue,
    messageId,
    firstMessageId: loggableId(envelope.history.messageId ?? failure?.messageId),
    eventId: loggableId(facts.eventId),
    source: loggableId(facts.source),
    detailType: loggableId(facts.detailType),
    rule: facts.rule,
    mapping: loggableId(message.attributes['Mapping']?.StringValue ?? facts.mapping),
    action: command.action,
    key: storedKey ?? parked?.key,
    class: loggableId(facts.failureClass),
  };
  if (error) log.error('dead-letter message not dispatched', { ...ids, ...error });
  else if (decision.kind !== 'skip') {
    const { kind: result, reason } = decision;
    const errorCode = loggableId(facts.errorCode);
    const line = { ...ids, result, reason, errorCode, ...sent };
    log.info('dead-letter message processed', line);
  }
}

/**
 * 13 days and an hour. By default (RetentionMarginHours), the message should have been parked an hour ago. Its queue deletes
 * it within a day.
 */
const EXPIRING_SECONDS = 1_126_800;

/**
 * The age of the oldest message that was received, as metrics. A run does not see hidden messages. SQS's own
 * ApproximateAgeOfOldestMessage leaves out messages that were received three times and not deleted (Developer Guide,
 * "Available CloudWatch metrics for Amazon SQS"), as long-waiting messages are.
 */
function ageMetrics({ oldestAt }: QueueReport, now: Date): LineMetrics[] {
  if (oldestAt === undefined) return [];
  const seconds = Math.round((now.getTime() - new Date(oldestAt).getTime()) / 1000);
  return [
    { values: { OldestLetterSeconds: seconds }, dimensions: [['queue']] },
    { values: seconds > EXPIRING_SECONDS ? { DlqActionRequired: 1 } : {} },
  ];
}

/** Writes the log line of a queue, or of the parked messages, at the end of an invocation. */
export function logReport(
  queue: string,
  report: QueueReport,
  { command, log, now }: Logging,
): void {
  const { letters: _reported, ...counts } = report;
  const { action, dryRun } = command;
  const metrics = dryRun || queue === 'parked' ? [] : ageMetrics(report, now());
  log.info('queue reprocessed', { queue, action, ...counts }, ...metrics);
}
