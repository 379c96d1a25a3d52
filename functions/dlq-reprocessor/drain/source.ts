import type { DeadLetter } from '../envelope/letter.ts';
import type { DeadLetterQueue } from '../queue/dead-letter-queue.ts';

/** Letters that were received together: `at` is before the first of them was. */
export interface Wave {
  readonly letters: readonly DeadLetter[];
  readonly at: number;
}

/** What one receive takes. */
const RECEIVE = 10;

/** Receives that are under way at the same time, so that later calls come in full batches. */
const MAX_RECEIVES = 5;

/** A wave of more than this is followed by a single receive: bodies have up to 1 MiB, the function 512 MB. */
const LARGE_BYTES = 4_000_000;

const bytesOf = (letters: readonly DeadLetter[]): number =>
  letters.reduce((bytes, { body }) => bytes + body.length, 0);

/** SQS delivers at least once. */
const distinct = (letters: readonly DeadLetter[]): DeadLetter[] => [
  ...new Map(letters.map((letter) => [letter.messageId, letter])).values(),
];

/** One failed receive is no reason to leave what the others brought. */
async function allReceived(receives: readonly Promise<DeadLetter[]>[]): Promise<DeadLetter[]> {
  const settled = await Promise.allSettled(receives);
  const received = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  // All failed: whichever it is, it rejects.
  if (received.length === 0) return Promise.race(receives);
  return received.flat();
}

/**
 * Receives letters in waves: one receive at first, more while the queue keeps filling them.
 *
 * @returns a function that answers at most `max` letters; none - the queue has no more to give for now. It rejects
 *   with SQS' error.
 */
export function createSource(queue: DeadLetterQueue, hideSeconds: number, now: () => number) {
  let width = 1;
  return async (max: number): Promise<Wave> => {
    const at = now();
    const receives = Math.min(width, Math.ceil(max / RECEIVE));
    const sizes = Array.from({ length: receives }, (_, index) =>
      Math.min(RECEIVE, max - index * RECEIVE),
    );
    const received = await allReceived(sizes.map((size) => queue.receive(size, hideSeconds)));
    const isFull = received.length * 2 >= receives * RECEIVE;
    width = isFull && bytesOf(received) < LARGE_BYTES ? Math.min(MAX_RECEIVES, width * 2) : 1;
    return { letters: distinct(received), at };
  };
}
