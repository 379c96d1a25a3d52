import type { SQSRecord } from 'aws-lambda';
import { policyOf } from '#common/failure-policy.ts';
import type { Log } from '#common/logger.ts';
import type { CountMetric } from '#common/metrics.ts';
import type { CountAttempt } from './attempts.ts';
import { attemptsKey, firstMessageId, isRedelivered, type Message } from './message.ts';
import type { FailedMessage } from './outcome/dead-letter.ts';
import { type Failure, isRetryable } from './outcome/failure-class.ts';
import { type Reply, toReply } from './outcome/reply.ts';
import { reportResult } from './outcome/report.ts';
import { decideRetry, withJitter } from './outcome/retry.ts';
import type { ProcessingResult, RequestResult } from './process.ts';

/** A field that is not an external id is also "not found", and stays so ("sObject Rows by External ID"). */
const isFieldMissing = ({ message }: Failure): boolean => /external ID field/i.test(message);

const isRecordMissing = (failure: Failure): boolean =>
  failure.errorCode === 'ENTITY_IS_DELETED' ||
  (failure.errorCode === 'NOT_FOUND' && !isFieldMissing(failure));

/**
 * The result of a request that may have been made before. A deletion that finds no record succeeded: the answer to the
 * first one may have been lost.
 */
export function asRepeat(result: RequestResult): RequestResult {
  const { outcome, request } = result;
  if (outcome.kind === 'success' || request?.action !== 'DELETE' || !isRecordMissing(outcome))
    return result;
  return { ...result, outcome: { kind: 'success', status: 204, body: undefined } };
}

export interface DisposeDependencies {
  readonly log: Log;
  readonly count: CountMetric;
  readonly maxAttempts: number;
  readonly countAttempt: CountAttempt;
  readonly replySource: string;
}

export interface ProcessedMessage {
  readonly message: Message;
  readonly result: ProcessingResult;
}

/** What happens to a message in its queue. */
export type Disposition =
  | { readonly kind: 'delete'; readonly reply: Reply }
  | { readonly kind: 'retry'; readonly seconds: number }
  | { readonly kind: 'dead-letter'; readonly message: FailedMessage; readonly reply: Reply };

export interface DisposedMessage {
  readonly record: SQSRecord;
  readonly disposition: Disposition;
}

/** Ids that link a dead-letter message to its request, its first message, its reply and its idempotency record. */
const correlationOf = (
  record: SQSRecord,
  { id, processedid, processedsource }: Reply,
  { outcome, effect }: RequestResult,
): Record<string, string> => ({
  processedid,
  processedsource,
  replyid: id,
  messageId: firstMessageId(record),
  ...(outcome.kind === 'failure' && policyOf(outcome.class).idempotencyRecord === 'keep'
    ? effect
    : {}),
});

/** Decides whether a message is deleted, retried or dead-lettered, reports its call, and counts a failed attempt. */
export function createDispose(dependencies: DisposeDependencies) {
  const { log, countAttempt, maxAttempts, replySource } = dependencies;

  /** SQS' receive count also counts deliveries that only waited: it stands in while the table is not available. */
  const attemptsOf = async (record: SQSRecord, failure: Failure): Promise<number> => {
    const received = Number(record.attributes.ApproximateReceiveCount);
    if (!isRetryable(failure)) return received;
    return countAttempt(attemptsKey(record)).catch((error: unknown) => {
      log.error('attempt not counted', { messageId: record.messageId, error });
      return received;
    });
  };

  const disposeFailure = async (
    record: SQSRecord,
    result: RequestResult,
    failure: Failure,
    reply: Reply,
  ): Promise<Disposition> => {
    const attempts = await attemptsOf(record, failure);
    const decision = decideRetry(failure, { attempts, maxAttempts, now: new Date() });
    if (decision.kind === 'retry') return { kind: 'retry', seconds: decision.delaySeconds };
    const correlation = correlationOf(record, reply, result);
    const { notBefore } = decision;
    const message = { record, failure, attempts, correlation, notBefore };
    return { kind: 'dead-letter', message, reply };
  };

  const dispositionOf = async ({ message, result }: ProcessedMessage): Promise<Disposition> => {
    const { record, context } = message;
    if (!('outcome' in result)) return { kind: 'retry', seconds: withJitter(result.waitSeconds) };
    const final = isRedelivered(record) ? asRepeat(result) : result;
    reportResult({ messageId: record.messageId, eventId: context.id }, final, dependencies);
    const { outcome, code, waitSeconds } = final;
    if (waitSeconds !== undefined) return { kind: 'retry', seconds: withJitter(waitSeconds) };
    const reply = toReply(context, outcome, { source: replySource, code });
    if (outcome.kind === 'success') return { kind: 'delete', reply };
    return disposeFailure(record, final, outcome, reply);
  };

  return async (processed: ProcessedMessage): Promise<DisposedMessage> => ({
    record: processed.message.record,
    disposition: await dispositionOf(processed),
  });
}
