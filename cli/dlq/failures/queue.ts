import type { DeadLetterMessage } from '../../../functions/dlq-reprocessor/dead-letter/message.ts';
import {
  createReceive,
  hideMessages,
  type SqsQueue,
} from '../../../functions/dlq-reprocessor/queue/queue.ts';

/** Milliseconds after which no further page is received. */
const MAX_MS = 20_000;

/** How long a message stays hidden if it can't be given back: as long as reading takes, and a page more. */
const HIDE_SECONDS = 30;

/** The most messages of one reading, by default. */
const MAX_MESSAGES = 10_000;

/** Received at a time. */
const PAGE = 50;

interface Bounds {
  /** The reading ends after as many messages. */
  readonly max?: number;
  /**
   * How many SQS counts as visible: no receive then waits a second for more, while those that were read are hidden from others.
   * The count can be a minute old: then some are left for the next reading.
   */
  readonly expected?: number;
}

interface QueueReading {
  /** Different messages that were read. */
  readonly read: number;
  /** The end of the queue was reached: SQS had no further visible message, or as many were read as were expected. */
  readonly isEnd: boolean;
}

/** Only what is needed to give it back: bodies have up to 1 MiB each. */
const withoutContent = (message: DeadLetterMessage): DeadLetterMessage => ({
  ...message,
  body: '',
  attributes: {},
});

/**
 * Receives a queue's visible messages page by page, and gives all of them back at the end: from then on, any consumer can receive
 * them. Stops when `onPage` is satisfied, at the end of the queue, after 10,000 messages and after 20 s. The dead-letter queues have
 * no `maxReceiveCount`, so a receive costs a message nothing. Rejects with SQS's error.
 *
 * @param onPage is called with the new messages of each page; true: enough.
 */
export async function readQueue(
  queue: SqsQueue,
  onPage: (messages: readonly DeadLetterMessage[]) => Promise<boolean>,
  { max = MAX_MESSAGES, expected = 0 }: Bounds = {},
): Promise<QueueReading> {
  const receive = createReceive(queue, HIDE_SECONDS);
  const startedAt = Date.now();
  const held = new Map<string, DeadLetterMessage>();
  let isEnd = false;
  try {
    let isEnough = false;
    while (!(isEnough || isEnd) && held.size < max && Date.now() - startedAt < MAX_MS) {
      const left = expected > held.size ? expected - held.size : PAGE;
      const page = await receive(Math.min(PAGE, max - held.size, left));
      const unseen = page.filter(({ messageId }) => !held.has(messageId));
      for (const message of page) held.set(message.messageId, withoutContent(message));
      isEnough = await onPage(unseen);
      // A count of 0 can be wrong for a minute, too.
      isEnd = unseen.length === 0 || (expected > 0 && held.size >= expected);
    }
  } finally {
    await hideMessages(
      queue,
      [...held.values()].map((message) => ({ message, seconds: 0 })),
    );
  }
  return { read: held.size, isEnd };
}
