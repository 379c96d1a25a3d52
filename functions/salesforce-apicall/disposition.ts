import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import type { Publishable } from '#common/events/publish.ts';
import { type FailureClass, policyOf } from '#common/failure-policy.ts';
import { recordExpiration } from '#common/idempotency-record.ts';
import type { Log } from '#common/logger.ts';
import { RequestError } from './errors.ts';
import { attemptsKey, firstMessageId, isRedelivered, type Message } from './message.ts';
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

interface AttemptCounterOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Counts a failed attempt of a message. Resolves to how many there have been, this one included. */
type CountAttempt = (attemptsKey: string) => Promise<number>;

/** Longer than any message is kept: 14 days in each of two queues (SQS Developer Guide, "Message quotas"). */
const RETENTION_DAYS = 30;

/**
 * Attempts are counted in the idempotency table, because SQS' receive count also counts deliveries that were put
 * back without a call: circuit breaker open, another invocation in progress, low priority, no time left. Idempotency records have digests for ids, attempts have `attempts/…`.
 */
export const createAttemptCounter =
  ({ client, tableName, now }: AttemptCounterOptions): CountAttempt =>
  async (attemptsKey) => {
    const { Attributes } = await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: { id: { S: `attempts/${attemptsKey}` } },
        UpdateExpression: 'ADD attempts :one SET expiration = :expiration',
        ExpressionAttributeValues: {
          ':one': { N: '1' },
          ':expiration': recordExpiration(now(), RETENTION_DAYS),
        },
        ReturnValues: 'UPDATED_NEW',
      }),
    );
    return Number(Attributes?.['attempts']?.N);
  };

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
    }
  | ({ readonly kind: 'dead-letter'; readonly message: FailedMessage } & Replied);

export interface DecidedMessage {
  readonly sqsRecord: SQSRecord;
  readonly disposition: Disposition;
  /** The class of the failure, or `success`; absent if the request was neither made nor rejected. */
  readonly outcome?: FailureClass | 'success';
}

/** Ids that link a dead-letter message to its request, its first message, its reply and its idempotency record. */
const correlationOf = (
  sqsRecord: SQSRecord,
  { id, processedid, processedsource }: Reply,
  { outcome, effect }: FinishedResult,
): Record<string, string> => ({
  processedid,
  processedsource,
  replyid: id,
  messageId: firstMessageId(sqsRecord),
  ...(outcome.kind === 'failure' && policyOf(outcome.class).idempotencyRecord === 'keep'
    ? effect
    : {}),
});

/** The ids of a message and its request. */
function idsOf({ sqsRecord, request }: Message): RequestIds {
  const { messageId } = sqsRecord;
  const first = firstMessageId(sqsRecord);
  return {
    messageId,
    ...(first !== messageId && { firstMessageId: first }),
    ...(request instanceof RequestError ? {} : idsOfRequest(request)),
  };
}

const nameOf = ({ outcome }: FinishedResult): FailureClass | 'success' =>
  outcome.kind === 'success' ? outcome.kind : outcome.class;

function dispositionFields(disposition: Disposition): Partial<ResultFields> {
  if (disposition.kind === 'delete') return {};
  const { attempts } = disposition.kind === 'retry' ? disposition : disposition.message;
  const delaySeconds = disposition.kind === 'retry' ? disposition.delaySeconds : undefined;
  return { disposition: disposition.kind, attempts, delaySeconds };
}

/**
 * Creates the function that decides whether a message is deleted, retried or dead-lettered. It also reports the message's
 * call, and counts a failed attempt. It changes nothing in the queues: acknowledge.ts does.
 */
export function createDecide(dependencies: DecideDependencies) {
  const { log, countAttempt, maxAttempts, replyPolicy, replySource: source } = dependencies;

  /**
   * Failed attempts of a message, this one included. SQS' receive count, which also counts deliveries that only waited, is
   * used if the table is unavailable; and for permanent failures, which are dead-lettered whatever the number.
   */
  const attemptsOf = async (sqsRecord: SQSRecord, failure: Failure): Promise<number> => {
    const received = Number(sqsRecord.attributes.ApproximateReceiveCount);
    if (!isRetryable(failure)) return received;
    return countAttempt(attemptsKey(sqsRecord)).catch((error: unknown) => {
      log.error('attempt not counted', { messageId: sqsRecord.messageId, error });
      return received;
    });
  };

  const wanted = (reply: Reply): Publishable | undefined =>
    isWanted(reply, replyPolicy) ? toBusEntry(reply) : undefined;

  /** The one place that decides. Whatever its class, a failure that opened the breaker waits, uncounted. */
  const decideDisposition = async (
    { sqsRecord, context }: Message,
    result: RequestResult,
  ): Promise<Disposition> => {
    const { callSize } = result;
    if (result.kind === 'not-started') return { kind: 'retry', delaySeconds: 0, callSize };
    if (result.kind !== 'finished')
      return { kind: 'retry', delaySeconds: withJitter(result.waitSeconds), callSize };
    const { outcome, code } = result;
    if (outcome.kind === 'success')
      return { kind: 'delete', reply: wanted(toReply(context, outcome, { source, code })) };
    const attempts = await attemptsOf(sqsRecord, outcome);
    const decision = decideRetry(outcome, { attempts, maxAttempts, now: new Date() });
    if (decision.kind === 'retry') return { ...decision, attempts, callSize };
    const failure = { ...outcome, class: outcome.finalClass ?? outcome.class };
    const reply = toReply(context, failure, { source, code });
    const correlation = correlationOf(sqsRecord, reply, result);
    const { notBefore } = decision;
    const message = { sqsRecord, failure, attempts, correlation, notBefore, callSize };
    return { kind: 'dead-letter', message, reply: wanted(reply) };
  };

  /** Writes the message's log line: one per receive. */
  const report = (message: Message, result: RequestResult, disposition: Disposition): void => {
    const ids = idsOf(message);
    if (!('outcome' in result)) {
      log.info('api call deferred', {
        ...ids,
        ...dispositionFields(disposition),
        reason: result.kind,
      });
      return;
    }
    const replyId = disposition.kind === 'retry' ? undefined : disposition.reply?.id;
    const fields = { ...ids, replyId, ...dispositionFields(disposition) };
    logResult(fields, result, log, { withMetrics: false });
  };

  return async ({ message, result }: ProcessedMessage): Promise<DecidedMessage> => {
    const { sqsRecord } = message;
    const mayRepeat = 'outcome' in result && isRedelivered(sqsRecord);
    const final = mayRepeat ? asRedelivered(result) : result;
    const disposition = await decideDisposition(message, final);
    report(message, final, disposition);
    return { sqsRecord, disposition, ...('outcome' in final && { outcome: nameOf(final) }) };
  };
}
