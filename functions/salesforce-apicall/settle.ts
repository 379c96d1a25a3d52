import type { SQSRecord } from 'aws-lambda';
import type { Log } from '#common/logger.ts';
import type { CountMetric } from '#common/metrics.ts';
import { RequestError } from './errors.ts';
import type { Failure } from './outcome/classify.ts';
import type { Queue } from './outcome/queue.ts';
import { type Reply, toReply } from './outcome/reply.ts';
import { createReport } from './outcome/report.ts';
import { decideRetry } from './outcome/retry.ts';
import { type Perform, type Performed, refuse } from './perform.ts';
import {
  type Arrival,
  type Context,
  parseJson,
  REQUEST_TYPE,
  toArrival,
} from './request/arrival.ts';

export interface SettleDependencies {
  readonly perform: Perform;
  readonly queue: Queue;
  readonly log: Log;
  readonly count: CountMetric;
  readonly maxAttempts: number;
  readonly callTimeoutMs: number;
  readonly replySource: string;
}

/** What became of one message: whether it stays in the queue, and the reply that its end deserves. */
export interface Settled {
  readonly messageId: string;
  readonly isDone: boolean;
  readonly reply?: Reply;
}

/** The id of the message that a request came in first: a redrive sends a new one and names the old. */
function firstMessageId({ messageId, messageAttributes }: SQSRecord): string {
  try {
    const redrive = JSON.parse(messageAttributes['Redrive']?.stringValue ?? '{}');
    return typeof redrive?.messageId === 'string' ? redrive.messageId : messageId;
  } catch {
    return messageId;
  }
}

/** @throws RequestError when the message's body is none of the forms that a request may have. */
export function arrivalOf(record: SQSRecord): Arrival {
  const origin = { id: firstMessageId(record), source: record.eventSourceARN };
  return toArrival(parseJson(record.body), origin);
}

/** The ids that lead from a dead letter back to its request, its first message and its reply. */
const correlationOf = (record: SQSRecord, { id, processedid, processedsource }: Reply) => ({
  processedid,
  processedsource,
  replyid: id,
  messageId: firstMessageId(record),
});

/** Performs one message and brings it to an end: answered, delayed or dead-lettered. Never rejects. */
export function createSettle(dependencies: SettleDependencies) {
  const { perform, queue, log, count, callTimeoutMs, maxAttempts, replySource } = dependencies;
  const report = createReport(dependencies);

  const performRecord = async (
    record: SQSRecord,
  ): Promise<{ context: Context; performed: Performed }> => {
    try {
      const arrival = arrivalOf(record);
      return { context: arrival.context, performed: await perform(arrival, callTimeoutMs) };
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      const context = { id: record.messageId, source: record.eventSourceARN, type: REQUEST_TYPE };
      return { context, performed: refuse(error) };
    }
  };

  const fail = async (record: SQSRecord, failure: Failure, reply: Reply): Promise<Settled> => {
    const { messageId } = record;
    const attempts = Number(record.attributes.ApproximateReceiveCount);
    const verdict = decideRetry(failure, { attempts, maxAttempts, now: new Date() });
    if (verdict.kind === 'retry') {
      await queue.delay(record, verdict.delaySeconds);
      return { messageId, isDone: false };
    }
    const correlation = correlationOf(record, reply);
    await queue.deadLetter({ ...verdict, record, failure, attempts, correlation });
    count('ApiCallDeadLettered', { class: failure.class });
    return { messageId, isDone: true, reply };
  };

  const settle = async (record: SQSRecord): Promise<Settled> => {
    const startedAt = Date.now();
    const { context, performed } = await performRecord(record);
    report({ messageId: record.messageId, eventId: context.id }, performed, startedAt);
    const { outcome, code } = performed;
    const reply = toReply(context, outcome, { source: replySource, code });
    if (outcome.kind === 'failure') return fail(record, outcome, reply);
    return { messageId: record.messageId, isDone: true, reply };
  };

  return (record: SQSRecord): Promise<Settled> =>
    settle(record).catch((error: unknown) => {
      // It stays in the queue: its visibility timeout brings it back.
      log.error('message not settled', { messageId: record.messageId, error });
      return { messageId: record.messageId, isDone: false };
    });
}
