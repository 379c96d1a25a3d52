import { createHash } from 'node:crypto';
import type { CountMetric } from '#common/metrics.ts';
import type { Command } from './command.ts';
import type { DeadLetterMessage } from './dead-letter/message.ts';
import type { Evaluated } from './evaluate.ts';
import type { QueueReport, ReportedMessage, Result, StoppedBy } from './report.ts';

/**
 * 48 bits: among 10,000 messages, the probability that two have the same hash is 2 in 10 million. One of the two would be
 * left for the next command.
 */
const HASH_LENGTH = 8;

const shortHash = (messageId: string): string =>
  createHash('sha256').update(messageId).digest('base64url').slice(0, HASH_LENGTH);

/** The messages that a command has reported and left in their queue, so that it does not report them twice. */
export class SeenIds {
  readonly #hashes: Set<string>;

  /** @param text from the cursor of an earlier invocation. */
  constructor(text = '') {
    this.#hashes = new Set(text.match(/.{8}/g) ?? []);
  }

  has(messageId: string): boolean {
    return this.#hashes.has(shortHash(messageId));
  }

  add(messageId: string): void {
    this.#hashes.add(shortHash(messageId));
  }

  /** For the cursor: the hashes, without a separator. */
  text(): string {
    return [...this.#hashes].join('');
  }
}

/** A message can be parked under more than one key. */
const seenIdOf = ({ messageId, parked }: DeadLetterMessage): string => parked?.key ?? messageId;

const results: Readonly<Record<Evaluated['decision']['kind'], Result>> = {
  redrive: 'redriven',
  wait: 'waiting',
  park: 'parked',
  skip: 'skipped',
  refuse: 'refused',
};

/** The result and the reason under which a message is counted. */
function outcomeOf({ decision, error }: Evaluated): { result: Result; reason: string } {
  if (error) return { result: 'failed', reason: 'not dispatched' };
  return { result: results[decision.kind], reason: decision.reason };
}

/** Longer texts are cut: Lambda's response is limited to 6 MB ("Lambda quotas"). */
const MAX_MESSAGE_LENGTH = 1_000;

/** @param withMessage whether to include error texts of Salesforce and EventBridge, which can quote field values. */
function toReportedMessage(evaluated: Evaluated, withMessage: boolean): ReportedMessage {
  const { message, envelope, decision, error } = evaluated;
  const { message: text, ...facts } = evaluated.facts;
  const { parked } = message;
  return {
    messageId: message.messageId,
    sentAt: message.sentAt.toISOString(),
    kind: parked ? 'parked' : envelope.kind,
    decision: error ? 'refuse' : decision.kind,
    reason: outcomeOf(evaluated).reason,
    // S3 did not return the object, EventBridge the redrive rule, or DynamoDB the idempotency record.
    why: error ? `not checked: ${error.errorCode}` : decision.why,
    ...(decision.kind === 'wait' && { until: decision.until.toISOString() }),
    ...facts,
    redrives: envelope.history.redrives,
    ...(withMessage &&
      text !== undefined && { message: text.slice(0, MAX_MESSAGE_LENGTH).toWellFormed() }),
    ...(parked && { key: parked.key }),
  };
}

/** A command ends after this many pages in a row without a new message. */
const MAX_REPEATS = 10;

/** What an invocation remembers and reports of one source. */
export class Progress {
  received = 0;
  waitsInARow = 0;
  oldest: Date | undefined;
  readonly #results = { redriven: 0, parked: 0, waiting: 0, skipped: 0, refused: 0, failed: 0 };
  readonly #byReason: Record<string, number> = {};
  readonly #reported: ReportedMessage[] = [];
  readonly #leftAsIs: { readonly message: DeadLetterMessage; readonly receivedAt: number }[] = [];
  readonly #seenIds: SeenIds;
  readonly #command: Command;
  #repeats = 0;

  constructor(seenIds: SeenIds, command: Command) {
    this.#seenIds = seenIds;
    this.#command = command;
  }

  /** The messages of a page that this command has not reported yet. */
  unseen(messages: readonly DeadLetterMessage[]): DeadLetterMessage[] {
    const unseen = messages.filter((message) => !this.#seenIds.has(seenIdOf(message)));
    this.#repeats = messages.length > 0 && unseen.length === 0 ? this.#repeats + 1 : 0;
    return unseen;
  }

  /** As far as SQS can tell, there are no other messages. */
  hasOnlyRepeats(): boolean {
    return this.#repeats >= MAX_REPEATS;
  }

  add(evaluated: Evaluated, receivedAt: number): void {
    const { message, decision, error } = evaluated;
    const { result, reason } = outcomeOf(evaluated);
    const at = message.parked?.at ?? message.sentAt;
    const { dryRun, action } = this.#command;
    this.received += 1;
    this.waitsInARow = result === 'waiting' ? this.waitsInARow + 1 : 0;
    this.#results[result] += 1;
    this.#byReason[reason] = (this.#byReason[reason] ?? 0) + 1;
    if (this.oldest === undefined || at < this.oldest) this.oldest = at;
    if (dryRun) this.#reported.push(toReportedMessage(evaluated, action === 'preview'));
    const isLeftAsIs = dryRun || error !== undefined || ['skip', 'refuse'].includes(decision.kind);
    if (!isLeftAsIs) return;
    this.#seenIds.add(seenIdOf(message));
    this.#leftAsIs.push({ message, receivedAt });
  }

  /**
   * The messages that were neither moved nor hidden until they are due: skipped, refused or failed, or all in a dry run.
   *
   * @param time those received earlier are left out: another process may have received them since.
   */
  leftAsIsSince(time: number): DeadLetterMessage[] {
    return this.#leftAsIs.flatMap(({ message, receivedAt }) =>
      receivedAt >= time ? [message] : [],
    );
  }

  report(stoppedBy: StoppedBy): QueueReport {
    return {
      received: this.received,
      results: this.#results,
      byReason: this.#byReason,
      stoppedBy,
      ...(this.oldest && { oldestAt: this.oldest.toISOString() }),
      ...(this.#command.dryRun && { letters: this.#reported }),
    };
  }
}

const metrics = { redriven: 'DlqRedriven', waiting: 'DlqWaiting', failed: 'DlqFailed' } as const;

/**
 * Counts the results of a page: one log line per metric, not per message. `DlqParked`, which an alarm watches, is counted
 * without a dimension too, because an alarm cannot sum a metric over its dimensions.
 */
export function countResults(count: CountMetric, evaluated: readonly Evaluated[]): void {
  const outcomes = evaluated.map(outcomeOf);
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
 * Counts the age of the oldest message that was received. A run does not see hidden messages. SQS's own
 * ApproximateAgeOfOldestMessage leaves out messages that were received three times and not deleted (Developer Guide,
 * "Available CloudWatch metrics for Amazon SQS"), as long-waiting messages are.
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
