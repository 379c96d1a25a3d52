import type { Log } from '#common/logger.ts';
import type { CountMetric } from '#common/metrics.ts';
import type { Command, QueueName } from './command.ts';
import { type Decision, decide, type ParkReason, type Policy } from './decide.ts';
import { type DeadLetter, type Envelope, toEnvelope } from './envelope.ts';
import type { Park } from './park.ts';
import type { DeadLetterQueue } from './queue.ts';
import type { Redrive } from './redrive.ts';
import { emptyQueueReport, type QueueReport, type Result, tally } from './report.ts';

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

/** Works off one queue: decide, hand over, and only then delete. */
export function createDrain(dependencies: DrainDependencies) {
  const { redrive, park, policy, log, count, remainingMs } = dependencies;
  const now = dependencies.now ?? (() => new Date());

  const parkLetter = async (
    letter: DeadLetter,
    envelope: Envelope,
    reason: ParkReason,
    why: string,
  ) => {
    await park(letter, envelope, reason, why);
    count('DlqParked', { reason });
    return { letter, result: 'parked', reason } as const;
  };

  const carryOut = async (queue: DeadLetterQueue, letter: DeadLetter): Promise<Handled> => {
    const envelope = toEnvelope(letter);
    const decision = decide(envelope, letter.sentAt, now(), policy);
    if (decision.kind === 'park' || envelope.kind === 'unknown') {
      const { reason, why } = decision.kind === 'park' ? decision : unknownShape;
      return parkLetter(letter, envelope, reason, why);
    }
    if (decision.kind === 'wait') {
      await queue.hide(letter, secondsUntil(decision.until, now()));
      return { letter, result: 'waiting', reason: decision.why };
    }
    const redriven = await redrive(letter, envelope);
    if (redriven === 'no-route') {
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

  /** A letter that could not be handed over stays in its queue and comes back. */
  const handle = (queue: DeadLetterQueue, letter: DeadLetter): Promise<Handled> =>
    carryOut(queue, letter).catch((error: unknown) => {
      log.error('dead letter not handed over', { messageId: letter.messageId, error });
      count('DlqFailed');
      return { letter, result: 'failed', reason: 'not handed over' };
    });

  const preview = async (queue: DeadLetterQueue, letter: DeadLetter): Promise<Handled> => {
    const decision = decide(toEnvelope(letter), letter.sentAt, now(), policy);
    await queue.hide(letter, 0);
    return { letter, ...previewOf(decision) };
  };

  const removeHandled = async (
    queue: DeadLetterQueue,
    handled: readonly Handled[],
  ): Promise<void> => {
    const done = handled.filter(({ result }) => result === 'redriven' || result === 'parked');
    const removed = await queue.remove(done.map(({ letter }) => letter));
    for (const { letter } of done) {
      // It comes back and is redriven once more, which the once-only guard makes harmless.
      if (!removed.has(letter.messageId))
        log.warn('dead letter not deleted', { messageId: letter.messageId });
    }
  };

  return async (
    name: QueueName,
    queue: DeadLetterQueue,
    { action, limit }: Command,
  ): Promise<QueueReport> => {
    const report = emptyQueueReport();
    const seen = new Set<string>();
    let waits = 0;
    while (report.received < limit && waits < MAX_WAITS && remainingMs() > BATCH_MS) {
      const received = await queue.receive();
      const letters = received.filter(({ messageId }) => !seen.has(messageId));
      if (letters.length === 0) break;
      const work = action === 'preview' ? preview : handle;
      const handled = await Promise.all(letters.map((letter) => work(queue, letter)));
      if (action === 'redrive') await removeHandled(queue, handled);
      report.received += letters.length;
      for (const { letter, result, reason } of handled) {
        seen.add(letter.messageId);
        waits = result === 'waiting' ? waits + 1 : 0;
        tally(report, result, reason);
        log.info('dead letter handled', {
          queue: name,
          messageId: letter.messageId,
          action,
          result,
          reason,
        });
      }
    }
    return report;
  };
}

const unknownShape = {
  reason: 'UNKNOWN_ENVELOPE',
  why: 'the message has none of the known shapes',
} as const;

function previewOf(decision: Decision): { result: Result; reason: string } {
  if (decision.kind === 'park') return { result: 'parked', reason: decision.reason };
  return { result: decision.kind === 'wait' ? 'waiting' : 'redriven', reason: decision.why };
}
