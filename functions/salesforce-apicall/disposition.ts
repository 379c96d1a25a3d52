import type { SQSRecord } from 'aws-lambda';
import type { RemainingMs } from '#common/aws.ts';
import type { Publishable } from '#common/events/publish.ts';
import { type FailureClass, policyOf } from '#common/failure-policy.ts';
import type { NotMade } from '#common/idempotency-record.ts';
import { type Log, loggableId } from '#common/logger.ts';
import type { CountAttempt } from './attempts.ts';
import { RequestError } from './errors.ts';
import { attemptsKey, firstMessageId, isRedelivered, type Message, queuedMsOf } from './message.ts';
import type { FailedMessage } from './outcome/dead-letter.ts';
import { type Failure, isRetryable } from './outcome/failure-class.ts';
import { isWanted, type Reply, type ReplyPolicy, toBusEntry, toReply } from './outcome/reply.ts';
import { idsOfRequest, logResult, type RequestIds, type ResultFields } from './outcome/report.ts';
import { decideRetry, withJitter } from './outcome/retry.ts';
import type { FinishedResult, RequestResult } from './result.ts';

/** A field that is not an external id is also "not found", and stays so ("sObject Rows by External ID"). */
const isFieldMissing = ({ message }: Failure): boolean => /external ID field/i.test(message);

const isRecordMissing = (failure: Failure): boolean =>
  failure.errorCode === 'ENTITY_IS_DELETED' ||
  (failure.errorCode === 'NOT_FOUND' && !isFieldMissing(failure));

/**
 * The result of a request that may have been made before. A deletion that finds no record succeeded: the response to the
 * first one may have been lost.
 */
export function asRedelivered<Result extends FinishedResult>(result: Result): Result {
  const { outcome, request } = result;
  if (outcome.kind === 'success' || request?.action !== 'DELETE' || !isRecordMissing(outcome))
    return result;
  return { ...result, outcome: { kind: 'success', status: 204, body: undefined } };
}

export interface DecideDependencies {
  readonly log: Log;
  readonly maxAttempts: number;
  readonly countAttempt: CountAttempt;
  readonly replySource: string;
  readonly replyPolicy: ReplyPolicy;
}

export interface ProcessedMessage {
  readonly message: Message;
  readonly result: RequestResult;
}

/** The reply as it is published, so that the response is no longer needed; absent if the reply policy wants none. */
interface Replied {
  readonly reply: Publishable | undefined;
}

/** What happens to a message in its queue. Only a message that leaves the queue for good gets a reply. */
export type Disposition =
  | ({ readonly kind: 'delete' } & Replied)
  | {
      readonly kind: 'retry';
      readonly delaySeconds: number;
      readonly attempts?: number;
      readonly callSize?: number | undefined;
      readonly notMade?: NotMade | undefined;
    }
  | ({ readonly kind: 'dead-letter'; readonly message: FailedMessage } & Replied);

export interface DecidedMessage {
  readonly sqsRecord: SQSRecord;
  readonly disposition: Disposition;
  /** The class of the failure, or `success`; absent if the request was neither made nor rejected. */
  readonly outcome: CountedOutcome | undefined;
  readonly mapping: string | undefined;
}

const definedTexts = (texts: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  );

/** Ids that link a dead-letter message to its request, its first message, its reply and its idempotency record. */
const correlationOf = (
  sqsRecord: SQSRecord,
  { id, processedid, processedsource }: Reply,
  { outcome, effect }: FinishedResult,
  mapping: string | undefined,
): Record<string, string> => ({
  processedid,
  processedsource,
  replyid: id,
  messageId: firstMessageId(sqsRecord),
  ...(outcome.kind === 'failure' && definedTexts({ mapping, ...outcome.mapping })),
  ...(outcome.kind === 'failure' &&
    policyOf(outcome.class).idempotencyRecord === 'keep' &&
    effect && { effectId: effect.effectId, payloadHash: effect.payloadHash }),
});

/** The ids of a message and its request. */
function idsOf({ sqsRecord, busEventId, request }: Message): RequestIds {
  const { messageId } = sqsRecord;
  const first = firstMessageId(sqsRecord);
  return {
    busEventId: loggableId(busEventId),
    messageId,
    queuedMs: queuedMsOf(sqsRecord),
    ...(first !== messageId && { firstMessageId: first }),
    ...(request instanceof RequestError ? {} : idsOfRequest(request)),
  };
}

/** What a message's result is counted as. `unmapped`: an event that no mapping matches. */
export type CountedOutcome = FailureClass | 'success' | 'unmapped';

function nameOf(result: RequestResult): CountedOutcome | undefined {
  if (result.kind === 'ignored') return result.reason === 'unmapped' ? 'unmapped' : undefined;
  if (!('outcome' in result)) return undefined;
  return result.outcome.kind === 'success' ? 'success' : result.outcome.class;
}

function dispositionFields(disposition: Disposition): Partial<ResultFields> {
  if (disposition.kind === 'delete') return {};
  const { attempts } = disposition.kind === 'retry' ? disposition : disposition.message;
  const delaySeconds = disposition.kind === 'retry' ? disposition.delaySeconds : undefined;
  return { disposition: disposition.kind, attempts, delaySeconds };
}

/** What happens to a message whose request has not been made, or waits because every call would fail. No attempt is counted. */
function withoutAttempt(
  result: Exclude<RequestResult, { readonly kind: 'finished' }>,
): Disposition {
  const { callSize, notMade } = result;
  if (result.kind === 'ignored') return { kind: 'delete', reply: undefined };
  const delaySeconds = 'waitSeconds' in result ? withJitter(result.waitSeconds) : 0;
  return { kind: 'retry', delaySeconds, callSize, notMade };
}

/**
 * Failed attempts of a message, this one included. SQS' receive count, which also counts deliveries that only waited, is used if
 * the table is unavailable; and for permanent failures, which are dead-lettered whatever the number.
 */
const createAttemptsOf =
  ({ countAttempt, log }: DecideDependencies) =>
  async (sqsRecord: SQSRecord, failure: Failure, remainingMs: RemainingMs): Promise<number> => {
    const received = Number(sqsRecord.attributes.ApproximateReceiveCount);
    if (!isRetryable(failure)) return received;
    return countAttempt(attemptsKey(sqsRecord), remainingMs).catch((error: unknown) => {
      log.error('attempt not counted', { messageId: sqsRecord.messageId, error });
      return received;
    });
  };

/** Writes the message's log line: one per receive. */
function report(message: Message, result: RequestResult, disposition: Disposition, log: Log): void {
  const ids = idsOf(message);
  const { mapped } = message;
  if (result.kind === 'ignored') {
    log.info('event not mapped', { ...ids, reason: result.reason });
    return;
  }
  if (!('outcome' in result)) {
    const { mapping, steps } = mapped ?? {};
    const waits = { ...dispositionFields(disposition), reason: result.kind };
    log.info('api call deferred', { ...ids, mapping, steps, ...waits });
    return;
  }
  const replyId = disposition.kind === 'retry' ? undefined : disposition.reply?.id;
  const fields = { ...ids, ...mapped, replyId, ...dispositionFields(disposition) };
  logResult(fields, result, log, { withMetrics: false });
}

/**
 * Creates the function that decides whether a message is deleted, retried or dead-lettered. It also reports the message's
 * call, and counts a failed attempt. It changes nothing in the queues: acknowledge.ts does.
 */
export function createDecide(dependencies: DecideDependencies) {
  const { log, maxAttempts, replyPolicy, replySource: source } = dependencies;
  const attemptsOf = createAttemptsOf(dependencies);

  const wanted = (reply: Reply): Publishable | undefined =>
    isWanted(reply, replyPolicy) ? toBusEntry(reply) : undefined;

  /** The one place that decides. Whatever its class, a failure that opened the breaker waits, uncounted. */
  const decideDisposition = async (
    { sqsRecord, context, mapped }: Message,
    result: RequestResult,
    remainingMs: RemainingMs,
  ): Promise<Disposition> => {
    const { callSize, notMade } = result;
    const mapping = mapped?.mapping;
    if (result.kind !== 'finished') return withoutAttempt(result);
    const { outcome, code } = result;
    if (outcome.kind === 'success')
      return {
        kind: 'delete',
        reply: wanted(toReply(context, outcome, { source, code, mapping })),
      };
    const attempts = await attemptsOf(sqsRecord, outcome, remainingMs);
    const decision = decideRetry(outcome, { attempts, maxAttempts, now: new Date() });
    if (decision.kind === 'retry') return { ...decision, attempts, callSize, notMade };
    const failure = { ...outcome, class: outcome.finalClass ?? outcome.class };
    const reply = toReply(context, failure, { source, code, mapping });
    const correlation = correlationOf(sqsRecord, reply, result, mapping);
    const { notBefore } = decision;
    const carried = { notBefore, callSize, notMade };
    const message = { sqsRecord, failure, attempts, correlation, ...carried };
    return { kind: 'dead-letter', message, reply: wanted(reply) };
  };

  return async (
    { message, result }: ProcessedMessage,
    remainingMs: RemainingMs,
  ): Promise<DecidedMessage> => {
    const { sqsRecord } = message;
    const mayRepeat = 'outcome' in result && isRedelivered(sqsRecord);
    const final = mayRepeat ? asRedelivered(result) : result;
    const disposition = await decideDisposition(message, final, remainingMs);
    report(message, final, disposition, log);
    const mapping = message.mapped?.mapping;
    return { sqsRecord, disposition, mapping, outcome: nameOf(final) };
  };
}
