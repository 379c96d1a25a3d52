import { createHash } from 'node:crypto';
import type { Command } from './command.ts';
import type { DeadLetterMessage } from './dead-letter/message.ts';
import type { Evaluated } from './evaluate.ts';
import { PAUSED } from './policy.ts';
import type { MessageFacts, QueueReport, ReportedMessage, Result, StoppedBy } from './report.ts';

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
  drop: 'dropped',
  skip: 'skipped',
  refuse: 'refused',
};

/** The result and the reason under which a message is counted. */
export function resultOf({ decision, error }: Evaluated): { result: Result; reason: string } {
  if (error) return { result: 'failed', reason: 'not dispatched' };
  return { result: results[decision.kind], reason: decision.reason };
}

/** Longer texts are cut: Lambda's response is limited to 6 MB ("Lambda quotas"). */
const MAX_MESSAGE_LENGTH = 1_000;

/** The same for names, ids and codes, which are as long as a sender makes them. */
const MAX_FACT_LENGTH = 256;

const cut = (text: string, length: number): string => text.slice(0, length).toWellFormed();

const shortFacts = (facts: Omit<MessageFacts, 'message'>): Omit<MessageFacts, 'message'> =>
  Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name,
      typeof value === 'string' ? cut(value, MAX_FACT_LENGTH) : value,
    ]),
  );

/**
 * Describes a message and the decision about it.
 *
 * @param withMessage whether to include error texts of Salesforce and EventBridge, which can quote field values.
 */
export function toReportedMessage(evaluated: Evaluated, withMessage: boolean): ReportedMessage {
  const { message, envelope, decision, error } = evaluated;
  const { message: text, ...facts } = evaluated.facts;
  const { parked } = message;
  return {
    messageId: message.messageId,
    sentAt: message.sentAt.toISOString(),
    kind: parked ? 'parked' : envelope.kind,
    decision: error ? 'refuse' : decision.kind,
    reason: resultOf(evaluated).reason,
    // S3 did not return the object, EventBridge the redrive rule, or DynamoDB the idempotency record.
    why: error ? `not checked: ${error.errorCode}` : cut(decision.why, MAX_MESSAGE_LENGTH),
    ...(decision.kind === 'wait' && { until: decision.until.toISOString() }),
    ...shortFacts(facts),
    redrives: envelope.history.redrives,
    ...(withMessage && text !== undefined && { message: cut(text, MAX_MESSAGE_LENGTH) }),
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
  readonly #results = {
    redriven: 0,
    parked: 0,
    dropped: 0,
    waiting: 0,
    skipped: 0,
    refused: 0,
    failed: 0,
  };
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
    const { result, reason } = resultOf(evaluated);
    const at = message.parked?.at ?? message.sentAt;
    const { dryRun, action } = this.#command;
    this.received += 1;
    // A pause hides messages only until about the next run: behind them may be one that has to be parked by then.
    const waits = result === 'waiting' && reason !== PAUSED;
    this.waitsInARow = waits ? this.waitsInARow + 1 : 0;
    this.#results[result] += 1;
    this.#byReason[reason] = (this.#byReason[reason] ?? 0) + 1;
    if (this.oldest === undefined || at < this.oldest) this.oldest = at;
    if (dryRun) this.#reported.push(toReportedMessage(evaluated, action !== 'status'));
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
