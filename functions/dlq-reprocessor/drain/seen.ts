import { createHash } from 'node:crypto';

/** Marks of letters that a command has seen and left in their queue: once is enough. */
export interface Seen {
  readonly has: (messageId: string) => boolean;
  readonly add: (messageId: string) => void;
  readonly text: () => string;
}

/** 48 bits: among 10,000 letters, two share a mark with a probability of 2 in 10 million, and one of them waits for the next command. */
const MARK_LENGTH = 8;

const markOf = (messageId: string): string =>
  createHash('sha256').update(messageId).digest('base64url').slice(0, MARK_LENGTH);

/** @param text what `text` of an earlier slice answered. */
export function createSeen(text = ''): Seen {
  const marks = new Set(text.match(/.{8}/g) ?? []);
  return {
    has: (messageId) => marks.has(markOf(messageId)),
    add: (messageId) => void marks.add(markOf(messageId)),
    text: () => [...marks].join(''),
  };
}
