import type { SQSRecord } from 'aws-lambda';
import type { NotMade } from '#common/idempotency-record.ts';
import { foldAttributes } from '#common/message-attributes.ts';
import {
  attemptsKey,
  callSizeOf,
  firstMessageId,
  firstReceivedAt,
  notMadeOf,
  recordAttributes,
  redriveOf,
} from '../message.ts';
import type { Failure } from './failure-class.ts';
import { attributesRoom, type Delay, type ReplacementMessage } from './queue.ts';

/** A message to dead-letter, and the content of its attribute `Failure` (fields: common/message-attributes.ts). */
export interface FailedMessage {
  readonly sqsRecord: SQSRecord;
  readonly failure: Failure;
  /** Failed attempts; for a permanent failure, how often the message was received. */
  readonly attempts: number;
  /** A redrive before then is pointless. */
  readonly notBefore: Date | undefined;
  /** How many requests could share its last API call, if it had to be smaller than others. */
  readonly callSize?: number | undefined;
  /** Records of this attempt, which was not made, that stay in progress. */
  readonly notMade?: NotMade | undefined;
  /** Ids that link it to its request, and to its idempotency record, when an operator must resolve it. */
  readonly correlation: Readonly<Record<string, string>>;
}

/** Far more than Salesforce's longest messages. It keeps the attribute within the SQS message size. */
const MAX_MESSAGE_LENGTH = 2_000;

/** With those of the attempts before. */
function withNotMade(sqsRecord: SQSRecord, notMade: NotMade | undefined) {
  const all = { ...notMadeOf(sqsRecord), ...notMade };
  return Object.keys(all).length > 0 ? { notMade: all } : {};
}

const failureAttribute = ({
  sqsRecord,
  failure,
  attempts,
  notBefore,
  callSize,
  notMade,
  correlation,
}: FailedMessage) => ({
  class: failure.class,
  errorCode: failure.errorCode,
  message: failure.message.slice(0, MAX_MESSAGE_LENGTH),
  ...(failure.status === undefined ? {} : { status: failure.status }),
  attempts,
  firstAt: firstReceivedAt(sqsRecord).toISOString(),
  lastAt: new Date().toISOString(),
  ...(notBefore === undefined ? {} : { notBefore: notBefore.toISOString() }),
  ...(callSize === undefined ? {} : { callSize }),
  ...withNotMade(sqsRecord, notMade),
  correlation,
});

const withAttribute = (
  sqsRecord: SQSRecord,
  attributes: Readonly<Record<string, string>>,
  own: Parameters<typeof foldAttributes>[1],
) => foldAttributes(attributes, own, undefined, attributesRoom(sqsRecord));

/** The dead-letter message: original body and attributes, which a redrive sends again, and the reason in `Failure`. */
export function toFailureMessage(failed: FailedMessage): ReplacementMessage {
  const { sqsRecord } = failed;
  const { Failure: _earlier, ...original } = recordAttributes(sqsRecord);
  const own = { name: 'Failure', value: failureAttribute(failed) } as const;
  return { sqsRecord, attributes: withAttribute(sqsRecord, original, own) };
}

/** Receives left for invocations that crash. */
const SPARE_RECEIVES = 1;

/** As long as SQS keeps one message (SQS Developer Guide, "Message quotas"): requeues do not extend that time. */
const MAX_WAIT_MS = 14 * 86_400_000;

/**
 * Whether a new message replaces a waiting one: to carry a new size of its API call or what was not made, or because SQS would soon move it to the
 * dead-letter queue, as it was received almost `maxReceives` times. That limit is meant for crashes, not for waiting. A request
 * that has waited for 14 days is left to it, so that the loop of queue and function ends (docs/limits.md, "Loops").
 */
export function isRequeueDue(
  { sqsRecord, callSize, notMade }: Delay,
  maxReceives: number,
  now: number,
): boolean {
  const received = Number(sqsRecord.attributes.ApproximateReceiveCount);
  const hasNewSize = callSize !== undefined && callSize !== callSizeOf(sqsRecord);
  const isDue = hasNewSize || notMade !== undefined || received >= maxReceives - SPARE_RECEIVES;
  return isDue && now - firstReceivedAt(sqsRecord).getTime() < MAX_WAIT_MS;
}

/** A message of the same event for one mapping, whose attempts are its own. */
export function toMappingMessage(sqsRecord: SQSRecord, mapping: string): ReplacementMessage {
  const { Redrive: _before, ...original } = recordAttributes(sqsRecord);
  const { attributes: _folded, attemptsOf: _counted, ...before } = redriveOf(sqsRecord);
  const value = {
    ...before,
    messageId: firstMessageId(sqsRecord),
    firstAt: firstReceivedAt(sqsRecord).toISOString(),
  };
  const named = { ...original, Mapping: mapping };
  return { sqsRecord, attributes: withAttribute(sqsRecord, named, { name: 'Redrive', value }) };
}

/**
 * The same message as a new one that has not been received yet. It keeps the first one's idempotency key, attempts and age,
 * so receiving both is harmless.
 */
export function toRequeuedMessage({
  sqsRecord,
  delaySeconds,
  callSize,
  notMade,
}: Delay): ReplacementMessage {
  const { Redrive: _before, ...original } = recordAttributes(sqsRecord);
  const { attributes: _folded, ...before } = redriveOf(sqsRecord);
  const value = {
    ...before,
    messageId: firstMessageId(sqsRecord),
    attemptsOf: attemptsKey(sqsRecord),
    firstAt: firstReceivedAt(sqsRecord).toISOString(),
    ...(callSize === undefined ? {} : { callSize }),
    ...withNotMade(sqsRecord, notMade),
  };
  const attributes = withAttribute(sqsRecord, original, { name: 'Redrive', value });
  return { sqsRecord, delaySeconds, attributes };
}
