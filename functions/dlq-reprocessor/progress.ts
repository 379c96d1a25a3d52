import { createHash } from 'node:crypto';
import type { Command } from './command.ts';
import { Counters, summarize, toReportedMessage } from './counters.ts';
import type { DeadLetterMessage } from './dead-letter/message.ts';
import type { Evaluated } from './evaluate.ts';

/**
 * 48 bits: among 10,000 messages, the probability that two share a mark is 2 in 10 million. One of them would wait for
 * the next command.
 */
const MARK_LENGTH = 8;

const markOf = (messageId: string): string =>
  createHash('sha256').update(messageId).digest('base64url').slice(0, MARK_LENGTH);

/** Marks of the messages that a command has seen and left in their queue, so that it does not report them twice. */
export interface SeenIds {
  readonly has: (messageId: string) => boolean;
  readonly add: (messageId: string) => void;
  /** For the cursor. */
  readonly text: () => string;
}

/** @param text from the cursor of an earlier invocation. */
export function createSeenIds(text = ''): SeenIds {
  const marks = new Set(text.match(/.{8}/g) ?? []);
  return {
    has: (messageId) => marks.has(markOf(messageId)),
    add: (messageId) => void marks.add(markOf(messageId)),
    text: () => [...marks].join(''),
  };
}

/** So many pages in a row of messages that were all seen before end a command. */
const MAX_REPEATS = 10;

/** A message may be parked under more than one key. */
const seenIdOf = ({ messageId, parked }: DeadLetterMessage): string => parked?.key ?? messageId;

/** What an invocation remembers of one source. */
export class Progress {
  readonly counters = new Counters();
  readonly #seenIds: SeenIds;
  readonly #command: Command;
  readonly #untouched: { readonly message: DeadLetterMessage; readonly receivedAt: number }[] = [];
  #repeats = 0;

  constructor(seenIds: SeenIds, command: Command) {
    this.#seenIds = seenIds;
    this.#command = command;
  }

  /** The messages of a page that this command has not seen yet. */
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
    const { dryRun, action } = this.#command;
    const reported = dryRun ? toReportedMessage(evaluated, action === 'preview') : undefined;
    this.counters.add(summarize(evaluated), reported);
    const isUntouched = dryRun || error !== undefined || ['skip', 'refuse'].includes(decision.kind);
    if (!isUntouched) return;
    this.#seenIds.add(seenIdOf(message));
    this.#untouched.push({ message, receivedAt });
  }

  /** Messages that are still as they were; those received earlier may belong to another process by now. */
  untouchedSince(time: number): DeadLetterMessage[] {
    return this.#untouched.flatMap(({ message, receivedAt }) =>
      receivedAt >= time ? [message] : [],
    );
  }
}
