import { createHash } from 'node:crypto';

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
