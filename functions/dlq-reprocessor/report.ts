import type { CountMetric } from '#common/metrics.ts';
import type { Facts } from './dead-letter/summary.ts';
import type { Planned } from './evaluate.ts';
import type { ParkReason, QueueName } from './names.ts';

/** What one dead letter came to, or would come to; `skipped` - the filter does not hold. */
export type Result = 'redriven' | 'parked' | 'waiting' | 'skipped' | 'refused' | 'failed';

/** Why a slice of a queue ended. */
export type StoppedBy = 'empty' | 'limit' | 'time' | 'waits';

/** SQS' approximate counts of the messages in a queue. */
export interface Left {
  readonly visible: number;
  readonly hidden: number;
  readonly delayed: number;
}

/** What a dry run tells of one letter; `message` is there in a preview only. */
export interface Letter extends Facts {
  readonly messageId: string;
  readonly sentAt: string;
  readonly kind: 'rule' | 'request' | 'entry' | 'unknown' | 'parked';
  readonly decision: 'redrive' | 'wait' | 'park' | 'refuse' | 'skip';
  /** A park reason, or words. */
  readonly reason: string;
  readonly why: string;
  /** When its next try is due. */
  readonly until?: string;
  readonly redrives: number;
  /** Of the parked object. */
  readonly key?: string;
}

export interface QueueReport {
  readonly received: number;
  readonly results: Readonly<Record<Result, number>>;
  /** Counts by decision or park reason. */
  readonly byReason: Readonly<Record<string, number>>;
  /** At the end; absent for parked objects. */
  readonly left?: Left;
  readonly stoppedBy: StoppedBy;
  /** When the oldest letter that was seen came into its queue, or was parked. */
  readonly oldestAt?: string;
  /** Dry runs only. */
  readonly letters?: readonly Letter[];
}

/** What an invocation did; the function's answer. */
export interface Report {
  readonly action: string;
  readonly dryRun: boolean;
  readonly queues?: Readonly<Partial<Record<QueueName, QueueReport>>>;
  /** unpark: what became of the parked objects; status: how many there are of each reason. */
  readonly parked?: QueueReport | Readonly<Partial<Record<ParkReason, number>>>;
  readonly sqsCalls: number;
  readonly durationMs: number;
  /** There may be more: call again with it. */
  readonly cursor?: string;
}

/** What became of one letter, for the report. */
export interface Told {
  readonly result: Result;
  readonly reason: string;
  readonly at: Date;
  /** Dry runs only. */
  readonly letter?: Letter;
}

const earlier = (one: Date | undefined, other: Date): Date =>
  one === undefined || other < one ? other : one;

/** Counts what becomes of the letters of one queue. */
export function createTally() {
  const results = { redriven: 0, parked: 0, waiting: 0, skipped: 0, refused: 0, failed: 0 };
  const byReason: Record<string, number> = {};
  const letters: Letter[] = [];
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
export function toLetter(planned: Planned, withMessage: boolean): Letter {
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
