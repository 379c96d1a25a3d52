import type { Log } from '#common/logger.ts';
import type { CountMetric } from '#common/metrics.ts';
import type { DisposedMessage } from './disposition.ts';
import {
  type FailedMessage,
  isNearMaxReceives,
  toFailureMessage,
  toRequeuedMessage,
} from './outcome/dead-letter.ts';
import type { ApiCallQueue, ConfirmedIds, Delay } from './outcome/queue.ts';
import type { Reply } from './outcome/reply.ts';

export interface AcknowledgeDependencies {
  readonly queue: ApiCallQueue;
  readonly log: Log;
  readonly count: CountMetric;
  /** The queue's redrive policy: after so many receives SQS itself moves a message to the dead-letter queue. */
  readonly maxReceives: number;
}

interface Acknowledgement {
  /** Replies to requests that are finished, successfully or not. */
  readonly replies: readonly Reply[];
  /** Ids of the messages that stay in the queue: batch item failures. */
  readonly retained: readonly string[];
}

/**
 * Carries out dispositions in the queues. A message is removed only once SQS has confirmed the message that replaces it,
 * so it may be delivered twice but is never lost. Never rejects.
 */
export function createAcknowledge(dependencies: AcknowledgeDependencies) {
  const { queue, log, count, maxReceives } = dependencies;

  /** @returns ids of the messages that a new one replaces. */
  const retryAll = async (delays: readonly Delay[]): Promise<ConfirmedIds> => {
    const isNear = ({ record }: Delay): boolean => isNearMaxReceives(record, maxReceives);
    const [requeued, delayed] = await Promise.all([
      queue.requeue(delays.filter(isNear).map(toRequeuedMessage)),
      queue.delay(delays.filter((delay) => !isNear(delay))),
    ]);
    // What SQS did not confirm becomes visible again after the queue's own visibility timeout.
    const unconfirmed = delays.length - requeued.size - delayed.size;
    if (unconfirmed > 0) log.error('messages not sent back in time', { messages: unconfirmed });
    return requeued;
  };

  /** @returns ids of the messages that are in the dead-letter queue now. */
  const deadLetterAll = async (failed: readonly FailedMessage[]): Promise<ConfirmedIds> => {
    const confirmed = await queue.deadLetter(failed.map(toFailureMessage));
    for (const { record, failure, attempts } of failed) {
      const { messageId } = record;
      if (!confirmed.has(messageId)) {
        log.error('message not dead-lettered', { messageId });
        continue;
      }
      const { class: name, errorCode } = failure;
      log.warn('message dead-lettered', { messageId, class: name, errorCode, attempts });
      count('ApiCallDeadLettered', { class: name });
    }
    return confirmed;
  };

  return async (messages: readonly DisposedMessage[]): Promise<Acknowledgement> => {
    const delays = messages.flatMap(({ record, disposition }) =>
      disposition.kind === 'retry' ? [{ record, seconds: disposition.seconds }] : [],
    );
    const failed = messages.flatMap(({ disposition }) =>
      disposition.kind === 'dead-letter' ? [disposition.message] : [],
    );
    const [requeued, deadLettered] = await Promise.all([retryAll(delays), deadLetterAll(failed)]);
    const isRemoved = ({ record: { messageId }, disposition }: DisposedMessage): boolean =>
      disposition.kind === 'delete' || requeued.has(messageId) || deadLettered.has(messageId);
    const removed = messages.filter(isRemoved);
    return {
      replies: removed.flatMap(({ disposition }) =>
        disposition.kind === 'retry' ? [] : [disposition.reply],
      ),
      retained: messages
        .filter((message) => !isRemoved(message))
        .map(({ record }) => record.messageId),
    };
  };
}
