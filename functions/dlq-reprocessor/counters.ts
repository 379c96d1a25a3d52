import type { CountMetric } from '#common/metrics.ts';
import type { Planned } from './evaluate.ts';
import type { QueueName } from './names.ts';
import type { QueueReport, ReportedMessage, Result, StoppedBy } from './report.ts';

/** What became of one letter, for the report. */
export interface Told {
  readonly result: Result;
  readonly reason: string;
  readonly at: Date;
  /** Dry runs only. */
  readonly letter?: ReportedMessage;
}

const earlier = (one: Date | undefined, other: Date): Date =>
  one === undefined || other < one ? other : one;

/** Counts what becomes of the letters of one queue. */
export function createTally() {
  const results = { redriven: 0, parked: 0, waiting: 0, skipped: 0, refused: 0, failed: 0 };
  const byReason: Record<string, number> = {};
  const letters: ReportedMessage[] = [];
  let received = 0;
  let waitsInARow = 0;
  let oldest: Date | undefined;

  return {
    received: (): number => received,
    waitsInARow: (): number => waitsInARow,
    oldest: (): Date | undefined => oldest,
    add: ({ result, reason, at, letter }: Told): void => {
      received += 1;
      waitsInARow = result === 'waiting' ? waitsInARow + 1 : 0;
      results[result] += 1;
      byReason[reason] = (byReason[reason] ?? 0) + 1;
      oldest = earlier(oldest, at);
      if (letter) letters.push(letter);
    },
    report: (stoppedBy: StoppedBy, isDryRun: boolean): QueueReport => ({
      received,
      results,
      byReason,
      stoppedBy,
      ...(oldest === undefined ? {} : { oldestAt: oldest.toISOString() }),
      ...(isDryRun ? { letters } : {}),
    }),
  };
}

export type Tally = ReturnType<typeof createTally>;

const results: Readonly<Record<Planned['verdict']['kind'], Result>> = {
  redrive: 'redriven',
  wait: 'waiting',
  park: 'parked',
  skip: 'skipped',
  refuse: 'refused',
};

const NOT_HANDED_OVER = 'not handed over';

/** What became of a letter. */
export function tell({ letter, verdict, refusal }: Planned): Told {
  const at = letter.sentAt;
  if (refusal) return { result: 'failed', reason: NOT_HANDED_OVER, at };
  return { result: results[verdict.kind], reason: verdict.reason, at };
}

/** Longer texts are cut: an answer of Lambda's ends at 6 MB ("Lambda quotas"). */
const MAX_MESSAGE_LENGTH = 1_000;

/** @param withMessage whether Salesforce's and EventBridge's own words are told, which may quote field values. */
export function toLetter(planned: Planned, withMessage: boolean): ReportedMessage {
  const { letter, envelope, facts, verdict, refusal } = planned;
  const { message, ...named } = facts;
  const couldNot = `the way back could not be found: ${refusal?.errorCode}`;
  return {
    messageId: letter.messageId,
    sentAt: letter.sentAt.toISOString(),
    kind: envelope.kind,
    decision: refusal ? 'refuse' : verdict.kind,
    reason: refusal ? NOT_HANDED_OVER : verdict.reason,
    why: refusal ? couldNot : verdict.why,
    ...(verdict.kind === 'wait' ? { until: verdict.until.toISOString() } : {}),
    ...named,
    redrives: envelope.history.redrives,
    ...(withMessage && message !== undefined
      ? { message: message.slice(0, MAX_MESSAGE_LENGTH).toWellFormed() }
      : {}),
  };
}

const names = { redriven: 'DlqRedriven', waiting: 'DlqWaiting', failed: 'DlqFailed' } as const;

function groupSizes(keys: readonly string[]): [string, number][] {
  return Object.entries(Object.groupBy(keys, (key) => key)).map(([key, group = []]) => [
    key,
    group.length,
  ]);
}

/**
 * One log line per metric and wave, not per letter. What an alarm watches is counted without a dimension too: an alarm
 * does not see a metric over all values of its dimensions.
 */
export function countMoves(count: CountMetric, planned: readonly Planned[]): void {
  const told = planned.map(tell);
  for (const [result, name] of Object.entries(names)) {
    const total = told.filter((one) => one.result === result).length;
    if (total > 0) count(name, {}, total);
  }
  const parked = told.filter(({ result }) => result === 'parked');
  if (parked.length > 0) count('DlqParked', {}, parked.length);
  for (const [reason, total] of groupSizes(parked.map((one) => one.reason))) {
    count('DlqParked', { reason }, total);
  }
}

/**
 * SQS' own ApproximateAgeOfOldestMessage leaves out what was received three times and not deleted (Developer Guide,
 * "Available CloudWatch metrics for Amazon SQS"): letters that wait long are just those.
 */
export function countAge(
  count: CountMetric,
  queue: QueueName,
  oldest: Date | undefined,
  now: Date,
): void {
  if (oldest === undefined) return;
  const seconds = Math.round((now.getTime() - oldest.getTime()) / 1000);
  count('OldestLetterSeconds', { queue }, seconds);
  count('OldestLetterSeconds', {}, seconds);
}
