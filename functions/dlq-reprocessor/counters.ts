import type { CountMetric } from '#common/metrics.ts';
import type { Evaluated } from './evaluate.ts';
import type { QueueReport, ReportedMessage, Result, StoppedBy } from './report.ts';

/** What became of one message, as it is counted. */
interface Outcome {
  readonly result: Result;
  readonly reason: string;
  readonly at: Date;
}

const results: Readonly<Record<Evaluated['decision']['kind'], Result>> = {
  redrive: 'redriven',
  wait: 'waiting',
  park: 'parked',
  skip: 'skipped',
  refuse: 'refused',
};

const NOT_DISPATCHED = 'not dispatched';

export function summarize({ message, decision, error }: Evaluated): Outcome {
  const at = message.parked?.at ?? message.sentAt;
  if (error) return { result: 'failed', reason: NOT_DISPATCHED, at };
  return { result: results[decision.kind], reason: decision.reason, at };
}

/** Counts what becomes of the messages of one source. */
export class Counters {
  received = 0;
  waitsInARow = 0;
  oldest: Date | undefined;
  readonly #results = { redriven: 0, parked: 0, waiting: 0, skipped: 0, refused: 0, failed: 0 };
  readonly #byReason: Record<string, number> = {};
  readonly #reported: ReportedMessage[] = [];

  /** @param reported of dry runs only. */
  add({ result, reason, at }: Outcome, reported?: ReportedMessage): void {
    this.received += 1;
    this.waitsInARow = result === 'waiting' ? this.waitsInARow + 1 : 0;
    this.#results[result] += 1;
    this.#byReason[reason] = (this.#byReason[reason] ?? 0) + 1;
    if (this.oldest === undefined || at < this.oldest) this.oldest = at;
    if (reported) this.#reported.push(reported);
  }

  report(stoppedBy: StoppedBy, isDryRun: boolean): QueueReport {
    return {
      received: this.received,
      results: this.#results,
      byReason: this.#byReason,
      stoppedBy,
      ...(this.oldest && { oldestAt: this.oldest.toISOString() }),
      ...(isDryRun && { letters: this.#reported }),
    };
  }
}

/** Longer texts are cut: Lambda's response is limited to 6 MB ("Lambda quotas"). */
const MAX_MESSAGE_LENGTH = 1_000;

/** @param withMessage whether error texts of Salesforce and EventBridge are included, which may quote field values. */
export function toReportedMessage(evaluated: Evaluated, withMessage: boolean): ReportedMessage {
  const { message, envelope, decision, error } = evaluated;
  const { message: text, ...facts } = evaluated.facts;
  const { parked } = message;
  return {
    messageId: message.messageId,
    sentAt: message.sentAt.toISOString(),
    kind: parked ? 'parked' : envelope.kind,
    decision: error ? 'refuse' : decision.kind,
    reason: error ? NOT_DISPATCHED : decision.reason,
    why: error ? `its route could not be found: ${error.errorCode}` : decision.why,
    ...(decision.kind === 'wait' && { until: decision.until.toISOString() }),
    ...facts,
    redrives: envelope.history.redrives,
    ...(withMessage &&
      text !== undefined && { message: text.slice(0, MAX_MESSAGE_LENGTH).toWellFormed() }),
    ...(parked && { key: parked.key }),
  };
}

const metrics = { redriven: 'DlqRedriven', waiting: 'DlqWaiting', failed: 'DlqFailed' } as const;

/**
 * Writes one log line per metric and page, not per message. What an alarm watches is counted without a dimension too:
 * an alarm does not see a metric over all values of its dimensions.
 */
export function countMoves(count: CountMetric, evaluated: readonly Evaluated[]): void {
  const outcomes = evaluated.map(summarize);
  for (const [result, name] of Object.entries(metrics)) {
    const total = outcomes.filter((one) => one.result === result).length;
    if (total > 0) count(name, {}, total);
  }
  const parked = outcomes.filter(({ result }) => result === 'parked');
  if (parked.length > 0) count('DlqParked', {}, parked.length);
  for (const [reason, group] of Map.groupBy(parked, (one) => one.reason)) {
    count('DlqParked', { reason }, group.length);
  }
}

/**
 * SQS's own ApproximateAgeOfOldestMessage leaves out what was received three times and not deleted (Developer Guide,
 * "Available CloudWatch metrics for Amazon SQS"), as messages are that wait for long.
 */
export function countAge(
  count: CountMetric,
  queue: string,
  oldest: Date | undefined,
  now: Date,
): void {
  if (oldest === undefined) return;
  const seconds = Math.round((now.getTime() - oldest.getTime()) / 1000);
  count('OldestLetterSeconds', { queue }, seconds);
  count('OldestLetterSeconds', {}, seconds);
}
