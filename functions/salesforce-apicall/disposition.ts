import type { SQSRecord } from 'aws-lambda';
import { policyOf } from '#common/failure-policy.ts';
import type { Log } from '#common/logger.ts';
import type { CountMetric } from '#common/metrics.ts';
import { attemptsKey, firstMessageId, isRedelivered } from './message.ts';
import type { DeadLetter } from './outcome/dead-letter.ts';
import { type Failure, isRetryable } from './outcome/failure-class.ts';
import { type Reply, toReply } from './outcome/reply.ts';
import { createReport } from './outcome/report.ts';
import { decideRetry, withJitter } from './outcome/retry.ts';
import type { Context } from './request/parse.ts';
import type { HeldBack, Performed } from './result.ts';

/** A field that is no external id is missing too, and stays so ("sObject Rows by External ID"). */
const isFieldMissing = ({ message }: Failure): boolean => /external ID field/i.test(message);

const isGone = (failure: Failure): boolean =>
  failure.errorCode === 'ENTITY_IS_DELETED' ||
  (failure.errorCode === 'NOT_FOUND' && !isFieldMissing(failure));

/**
 * The result of a request that may have been made before: a deletion that finds nothing has what it asked for, for
 * its first answer may have been lost.
 */
export function asRepeat(performed: Performed): Performed {
  const { outcome, request } = performed;
  if (outcome.kind === 'success' || request?.action !== 'DELETE' || !isGone(outcome))
    return performed;
  return { ...performed, outcome: { kind: 'success', status: 204, body: undefined } };
}

export interface FateDependencies {
  readonly log: Log;
  readonly count: CountMetric;
  readonly maxAttempts: number;
  /** Counts a failed attempt of a message, and answers how many there have been. */
  readonly countAttempt: (key: string) => Promise<number>;
  readonly replySource: string;
}

/** A message, whose request it is as far as it says, and what came of it; `undefined` - there was no time to begin. */
export interface Handled {
  readonly record: SQSRecord;
  readonly context: Context;
  readonly result: Performed | HeldBack | undefined;
}

/** What is to become of a message. */
export type Fate =
  | { readonly kind: 'done'; readonly reply: Reply }
  | { readonly kind: 'back'; readonly seconds: number }
  | { readonly kind: 'dead-letter'; readonly letter: DeadLetter; readonly reply: Reply };

/** The ids that lead from a dead letter back to its request, its first message, its reply and its effect. */
const correlationOf = (
  record: SQSRecord,
  { id, processedid, processedsource }: Reply,
  { outcome, effect }: Performed,
): Record<string, string> => ({
  processedid,
  processedsource,
  replyid: id,
  messageId: firstMessageId(record),
  ...(outcome.kind === 'failure' && policyOf(outcome.class).idempotencyRecord === 'keep'
    ? effect
    : {}),
});

/** Decides what becomes of a message, reports its call, and counts its attempt where it failed. Never rejects. */
export function createFate(dependencies: FateDependencies) {
  const { log, countAttempt, maxAttempts, replySource } = dependencies;
  const report = createReport(dependencies);

  /** Receives count too much (waiting is no attempt): they stand in only where the table is away. */
  const attemptsOf = async (record: SQSRecord, failure: Failure): Promise<number> => {
    const received = Number(record.attributes.ApproximateReceiveCount);
    if (!isRetryable(failure)) return received;
    return countAttempt(attemptsKey(record)).catch((error: unknown) => {
      log.error('attempt not counted', { messageId: record.messageId, error });
      return received;
    });
  };

  const ofFailure = async (
    record: SQSRecord,
    performed: Performed,
    failure: Failure,
    reply: Reply,
  ): Promise<Fate> => {
    const attempts = await attemptsOf(record, failure);
    const verdict = decideRetry(failure, { attempts, maxAttempts, now: new Date() });
    if (verdict.kind === 'retry') return { kind: 'back', seconds: verdict.delaySeconds };
    const correlation = correlationOf(record, reply, performed);
    const letter = { record, failure, attempts, correlation, notBefore: verdict.notBefore };
    return { kind: 'dead-letter', letter, reply };
  };

  return async ({ record, context, result }: Handled): Promise<Fate> => {
    // There was no time: whoever takes it next has.
    if (result === undefined) return { kind: 'back', seconds: 0 };
    if (!('outcome' in result)) return { kind: 'back', seconds: withJitter(result.waitSeconds) };
    const performed = isRedelivered(record) ? asRepeat(result) : result;
    report({ messageId: record.messageId, eventId: context.id }, performed);
    const { outcome, code, waitSeconds } = performed;
    if (waitSeconds !== undefined) return { kind: 'back', seconds: withJitter(waitSeconds) };
    const reply = toReply(context, outcome, { source: replySource, code });
    if (outcome.kind === 'success') return { kind: 'done', reply };
    return ofFailure(record, performed, outcome, reply);
  };
}
