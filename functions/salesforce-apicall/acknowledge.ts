import type { SQSRecord } from 'aws-lambda';
import type { Publishable } from '#common/events/publish.ts';
import type { FailureClass } from '#common/failure-policy.ts';
import type { Log } from '#common/logger.ts';
import type { DecidedMessage } from './disposition.ts';
import {
  type FailedMessage,
  isRequeueDue,
  toFailureMessage,
  toRequeuedMessage,
} from './outcome/dead-letter.ts';
import type { ApiCallQueue, ConfirmedIds, Delay } from './outcome/queue.ts';

export interface AcknowledgeDependencies {
  readonly queue: ApiCallQueue;
  readonly log: Log;
  /** The queue's redrive policy: after this many receives, SQS itself moves a message to the dead-letter queue. */
  readonly maxReceives: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface Acknowledgement {
  /** Replies to requests that succeeded or were dead-lettered. */
  readonly replies: readonly Publishable[];
  /** Why messages were dead-lettered. */
  readonly deadLettered: readonly FailureClass[];
  /** The messages that are done with, and to be deleted. The others stay in the queue. */
  readonly removed: readonly SQSRecord[];
}

/** Writes the log line of a message that was to be dead-lettered. */
function report(
  { sqsRecord: { messageId }, failure, attempts, correlation }: FailedMessage,
  confirmed: ConfirmedIds,
  log: Log,
): void {
  if (!confirmed.has(messageId)) {
    log.error('message not dead-lettered', { messageId });
    return;
  }
  const { class: name, errorCode } = failure;
  const { effectId } = correlation;
  log.warn('message dead-lettered', { messageId, class: name, errorCode, attempts, effectId });
}

/**
 * Carries out dispositions in the queues: hides messages until their next attempt, or replaces them if they were received too
 * often; and sends dead-letter messages. A message is removed only after SQS has confirmed the message that replaces it, so it
 * may be delivered twice but is never lost. Only messages that were deleted after a success, or dead-lettered, get a
 * reply. Never rejects.
 */
export function createAcknowledge(dependencies: AcknowledgeDependencies) {
  const { queue, log, maxReceives, now } = dependencies;

  /** @returns the ids of the messages that new ones replace. */
  const retryAll = async (delays: readonly Delay[]): Promise<ConfirmedIds> => {
    const isDue = (delay: Delay): boolean => isRequeueDue(delay, maxReceives, now());
    const [requeued, delayed] = await Promise.all([
      queue.requeue(delays.filter(isDue).map(toRequeuedMessage)),
      queue.delay(delays.filter((delay) => !isDue(delay))),
    ]);
    // They become visible again after the queue's own visibility timeout.
    const unconfirmed = delays.length - requeued.size - delayed.size;
    if (unconfirmed > 0) log.error('retry delay not set', { messages: unconfirmed });
    return requeued;
  };

  /** @returns the ids of the messages that are now in the dead-letter queue. */
  const deadLetterAll = async (failed: readonly FailedMessage[]): Promise<ConfirmedIds> => {
    const confirmed = await queue.deadLetter(failed.map(toFailureMessage));
    for (const message of failed) report(message, confirmed, log);
    return confirmed;
  };

  return async (messages: readonly DecidedMessage[]): Promise<Acknowledgement> => {
    const delays = messages.flatMap(({ sqsRecord, disposition }) =>
      disposition.kind === 'retry' ? [{ ...disposition, sqsRecord }] : [],
    );
    const failed = messages.flatMap(({ disposition }) =>
      disposition.kind === 'dead-letter' ? [disposition.message] : [],
    );
    const [requeued, deadLettered] = await Promise.all([retryAll(delays), deadLetterAll(failed)]);
    const isRemoved = ({ sqsRecord: { messageId }, disposition }: DecidedMessage): boolean =>
      disposition.kind === 'delete' || requeued.has(messageId) || deadLettered.has(messageId);
    const removed = messages.filter(isRemoved);
    return {
      deadLettered: failed.flatMap(({ sqsRecord: { messageId }, failure }) =>
        deadLettered.has(messageId) ? [failure.class] : [],
      ),
      replies: removed.flatMap(({ disposition }) =>
        disposition.kind === 'retry' ? [] : (disposition.reply ?? []),
      ),
      removed: removed.map(({ sqsRecord }) => sqsRecord),
    };
  };
}
