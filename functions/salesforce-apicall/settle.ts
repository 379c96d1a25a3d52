import pMap from 'p-map';
import { createFate, type Fate, type FateDependencies, type Handled } from './fate.ts';
import { type DeadLetter, toDeadLetter } from './outcome/dead-letter.ts';
import type { Confirmed, Delay, Queue } from './outcome/queue.ts';
import { isWornOut, renew } from './outcome/renewal.ts';
import type { Reply } from './outcome/reply.ts';

export interface SettleDependencies extends FateDependencies {
  readonly queue: Queue;
  /** After so many receives the queue moves a message to the dead-letter queue by itself. */
  readonly maxReceives: number;
}

/** What became of one message: whether it stays in the queue, and the reply that its end deserves. */
export interface Settled {
  readonly messageId: string;
  readonly isDone: boolean;
  readonly reply?: Reply;
}

/** Questions about attempts that are open at the same time. */
const CONCURRENCY = 20;

/** A message is done when its successor, if it has one, is confirmed. */
function settledAs(messageId: string, fate: Fate, confirmed: Confirmed): Settled {
  if (fate.kind === 'back') return { messageId, isDone: confirmed.has(messageId) };
  const isDone = fate.kind === 'done' || confirmed.has(messageId);
  return isDone ? { messageId, isDone, reply: fate.reply } : { messageId, isDone };
}

/** Brings the messages of a batch to an end: answered, back in the queue or dead-lettered. Never rejects. */
export function createSettle(dependencies: SettleDependencies) {
  const { queue, log, count, maxReceives } = dependencies;
  const decide = createFate(dependencies);

  /** Answers which messages are replaced by a new one. */
  const sendBack = async (delays: readonly Delay[]): Promise<Confirmed> => {
    const isWorn = ({ record }: Delay): boolean => isWornOut(record, maxReceives);
    const worn = delays.filter(isWorn);
    const [renewed, delayed] = await Promise.all([
      queue.renew(worn.map(({ record, seconds }) => renew(record, seconds))),
      queue.delay(delays.filter((delay) => !isWorn(delay))),
    ]);
    // What SQS did not take comes back all the same, after the queue's own visibility timeout.
    const late = delays.length - renewed.size - delayed.size;
    if (late > 0) log.error('messages not sent back in time', { messages: late });
    return renewed;
  };

  /** Answers which messages are in the dead-letter queue now. */
  const bury = async (letters: readonly DeadLetter[]): Promise<Confirmed> => {
    const buried = await queue.deadLetter(letters.map(toDeadLetter));
    for (const { record, failure, attempts } of letters) {
      const { messageId } = record;
      if (!buried.has(messageId)) {
        log.error('message not dead-lettered', { messageId });
        continue;
      }
      const { class: name, errorCode } = failure;
      log.warn('message dead-lettered', { messageId, class: name, errorCode, attempts });
      count('ApiCallDeadLettered', { class: name });
    }
    return buried;
  };

  return async (handled: readonly Handled[]): Promise<Settled[]> => {
    const decided = await pMap(
      handled,
      async (one) => ({ record: one.record, fate: await decide(one) }),
      { concurrency: CONCURRENCY },
    );
    const delays = decided.flatMap(({ record, fate }) =>
      fate.kind === 'back' ? [{ record, seconds: fate.seconds }] : [],
    );
    const letters = decided.flatMap(({ fate }) =>
      fate.kind === 'dead-letter' ? [fate.letter] : [],
    );
    const [renewed, buried] = await Promise.all([sendBack(delays), bury(letters)]);
    const confirmed = new Set([...renewed, ...buried]);
    return decided.map(({ record, fate }) => settledAs(record.messageId, fate, confirmed));
  };
}
