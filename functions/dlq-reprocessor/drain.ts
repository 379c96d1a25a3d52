import type { Log } from '#common/logger.ts';
import type { CountMetric } from '#common/metrics.ts';
import type { Command } from './command.ts';
import { decide, type Policy } from './decide.ts';
import { type DeadLetter, type Envelope, toEnvelope } from './envelope.ts';
import { CommandError } from './errors.ts';
import type { ParkReason, QueueName } from './names.ts';
import type { Park } from './park.ts';
import type { DeadLetterQueue } from './queue.ts';
import type { Redrive } from './redrive.ts';
import type { QueueReport, Result } from './report.ts';
import { createTally } from './tally.ts';

export interface DrainDependencies {
  readonly redrive: Redrive;
  readonly park: Park;
  readonly policy: Policy;
  readonly log: Log;
  readonly count: CountMetric;
  readonly remainingMs: () => number;
  readonly now?: () => Date;
}

interface Handled {
  readonly letter: DeadLetter;
  readonly result: Result;
  readonly reason: string;
}

/** No new batch is begun with less time than this. */
const BATCH_MS = 15_000;

/** A queue where this many letters in a row only wait is left alone until the next run. */
const MAX_WAITS = 100;

const secondsUntil = (until: Date, now: Date): number => (until.getTime() - now.getTime()) / 1000;

/** What came a second time in one run is let go again: once is enough. */
const release = async (queue: DeadLetterQueue, letters: readonly DeadLetter[]): Promise<void> => {
  await Promise.all(letters.map((letter) => queue.hide(letter, 0)));
};

const isDone = ({ result }: Handled): boolean => result === 'redriven' || result === 'parked';

/** What one letter comes to: decided, then handed over. Rejects when what replaces it is not confirmed. */
function createHandle({ redrive, park, policy, count, now = () => new Date() }: DrainDependencies) {
  const parkLetter = async (
    letter: DeadLetter,
    envelope: Envelope,
    reason: ParkReason,
    why: string,
  ): Promise<Handled> => {
    await park(letter, envelope, reason, why);
    count('DlqParked', { reason });
    return { letter, result: 'parked', reason };
  };

  return async (queue: DeadLetterQueue, letter: DeadLetter): Promise<Handled> => {
    const envelope = toEnvelope(letter);
    const decision = decide(envelope, letter.sentAt, now(), policy);
    if (decision.kind === 'park')
      return parkLetter(letter, envelope, decision.reason, decision.why);
    if (decision.kind === 'wait') {
      await queue.hide(letter, secondsUntil(decision.until, now()));
      return { letter, result: 'waiting', reason: decision.why };
    }
    if (envelope.kind === 'unknown' || (await redrive(letter, envelope)) === 'no-route') {
      return parkLetter(
        letter,
        envelope,
        'NO_REDRIVE_RULE',
        'the rule has no enabled twin on the redrive bus',
      );
    }
    count('DlqRedriven');
    return { letter, result: 'redriven', reason: decision.why };
  };
}

/** Says what would happen, and lets the letter go again. */
function createPreview({ policy, now = () => new Date() }: DrainDependencies) {
  return async (queue: DeadLetterQueue, letter: DeadLetter): Promise<Handled> => {
    const decision = decide(toEnvelope(letter), letter.sentAt, now(), policy);
    await queue.hide(letter, 0);
    if (decision.kind === 'park') return { letter, result: 'parked', reason: decision.reason };
    return {
      letter,
      result: decision.kind === 'wait' ? 'waiting' : 'redriven',
      reason: decision.why,
    };
  };
}

function chooseWork(dependencies: DrainDependencies) {
  const works = { redrive: createHandle(dependencies), preview: createPreview(dependencies) };
  return (action: Command['action']) => {
    if (action === 'redrive' || action === 'preview') return works[action];
    throw new CommandError(`action: ${action} is not available`);
  };
}

/** Works off one queue, ten letters at a time: decide, hand over, and only then delete. */
export function createDrain(dependencies: DrainDependencies) {
  const { log, count, remainingMs } = dependencies;
  const workOf = chooseWork(dependencies);

  const removeDone = async (queue: DeadLetterQueue, handled: readonly Handled[]): Promise<void> => {
    const done = handled.filter(isDone);
    const removed = await queue.remove(done.map(({ letter }) => letter));
    for (const { letter } of done) {
      // It comes back and is redriven once more, which the once-only guard makes harmless.
      if (!removed.has(letter.messageId))
        log.warn('dead letter not deleted', { messageId: letter.messageId });
    }
  };

  /** A letter that could not be handed over stays in its queue and comes back. */
  const stays = (letter: DeadLetter, error: unknown): Handled => {
    log.error('dead letter not handed over', { messageId: letter.messageId, error });
    count('DlqFailed');
    return { letter, result: 'failed', reason: 'not handed over' };
  };

  const workOff = async (
    queue: DeadLetterQueue,
    letters: readonly DeadLetter[],
    action: Command['action'],
  ) => {
    const work = workOf(action);
    const handled = await Promise.all(
      letters.map((letter) => work(queue, letter).catch((error: unknown) => stays(letter, error))),
    );
    if (action === 'redrive') await removeDone(queue, handled);
    return handled;
  };

  return async (
    name: QueueName,
    queue: DeadLetterQueue,
    { action, limit = 500 }: Command,
  ): Promise<QueueReport> => {
    const tally = createTally();
    const seen = new Set<string>();
    const goesOn = (): boolean =>
      tally.received() < limit && tally.waitsInARow() < MAX_WAITS && remainingMs() > BATCH_MS;
    while (goesOn()) {
      const received = await queue.receive(limit - tally.received());
      const letters = received.filter(({ messageId }) => !seen.has(messageId));
      await release(
        queue,
        received.filter(({ messageId }) => seen.has(messageId)),
      );
      if (letters.length === 0) break;
      for (const { letter, result, reason } of await workOff(queue, letters, action)) {
        seen.add(letter.messageId);
        tally.add({ result, reason, at: letter.sentAt });
        log.info('dead letter handled', {
          queue: name,
          messageId: letter.messageId,
          action,
          result,
          reason,
        });
      }
    }
    return tally.report('empty', false);
  };
}
