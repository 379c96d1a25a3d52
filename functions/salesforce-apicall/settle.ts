import type { SQSRecord } from 'aws-lambda';
import type { Log } from '#common/logger.ts';
import type { CountMetric } from '#common/metrics.ts';
import { type Failure, isRetryable } from './outcome/classify.ts';
import type { Queue } from './outcome/queue.ts';
import { type Reply, toReply } from './outcome/reply.ts';
import { createReport } from './outcome/report.ts';
import { decideRetry, withJitter } from './outcome/retry.ts';
import type { Performed } from './perform.ts';
import { firstMessageId } from './record.ts';
import type { Context } from './request/arrival.ts';

export interface SettleDependencies {
  readonly queue: Queue;
  readonly log: Log;
  readonly count: CountMetric;
  readonly maxAttempts: number;
  /** Counts a failed attempt of a message, and answers how many there have been. */
  readonly countAttempt: (messageId: string) => Promise<number>;
  readonly replySource: string;
}

/** What became of one message: whether it stays in the queue, and the reply that its end deserves. */
export interface Settled {
  readonly messageId: string;
  readonly isDone: boolean;
  readonly reply?: Reply;
}

/** The ids that lead from a dead letter back to its request, its first message and its reply. */
const correlationOf = (record: SQSRecord, { id, processedid, processedsource }: Reply) => ({
  processedid,
  processedsource,
  replyid: id,
  messageId: firstMessageId(record),
});

/** Brings a performed message to an end: answered, delayed or dead-lettered. Never rejects. */
export function createSettle(dependencies: SettleDependencies) {
  const { queue, log, count, countAttempt, maxAttempts, replySource } = dependencies;
  const report = createReport(dependencies);

  /** Receives count too much (waiting is no attempt): they stand in only where the table is away. */
  const attemptsOf = async ({ messageId, attributes }: SQSRecord, failure: Failure) => {
    const received = Number(attributes.ApproximateReceiveCount);
    if (!isRetryable(failure)) return received;
    return countAttempt(messageId).catch((error: unknown) => {
      log.error('attempt not counted', { messageId, error });
      return received;
    });
  };

  const fail = async (record: SQSRecord, failure: Failure, reply: Reply): Promise<Settled> => {
    const { messageId } = record;
    const attempts = await attemptsOf(record, failure);
    const verdict = decideRetry(failure, { attempts, maxAttempts, now: new Date() });
    if (verdict.kind === 'retry') {
      await queue.delay(record, verdict.delaySeconds);
      return { messageId, isDone: false };
    }
    const correlation = correlationOf(record, reply);
    await queue.deadLetter({ ...verdict, record, failure, attempts, correlation });
    log.warn('request dead-lettered', {
      messageId,
      eventId: reply.processedid,
      class: failure.class,
      errorCode: failure.errorCode,
      attempts,
    });
    count('ApiCallDeadLettered', { class: failure.class });
    return { messageId, isDone: true, reply };
  };

  const settle = async (
    record: SQSRecord,
    context: Context,
    performed: Performed,
  ): Promise<Settled> => {
    const { messageId } = record;
    report({ messageId, eventId: context.id }, performed);
    const { outcome, code } = performed;
    const reply = toReply(context, outcome, { source: replySource, code });
    if (outcome.kind === 'failure') return fail(record, outcome, reply);
    return { messageId, isDone: true, reply };
  };

  /** What could not be done leaves the message in the queue: its visibility timeout brings it back. */
  const orLeave =
    ({ messageId }: SQSRecord) =>
    (error: unknown): Settled => {
      log.error('message not settled', { messageId, error });
      return { messageId, isDone: false };
    };

  return {
    settle: (record: SQSRecord, context: Context, performed: Performed): Promise<Settled> =>
      settle(record, context, performed).catch(orLeave(record)),
    /** Leaves a message in the queue for a while, without an attempt. */
    wait: (record: SQSRecord, seconds: number): Promise<Settled> =>
      queue
        .delay(record, withJitter(seconds))
        .then(() => ({ messageId: record.messageId, isDone: false }), orLeave(record)),
  };
}
