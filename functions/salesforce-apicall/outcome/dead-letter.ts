import type { SQSRecord } from 'aws-lambda';
import { foldAttributes } from '#common/message-attributes.ts';
import {
  attemptsKey,
  firstMessageId,
  firstReceivedAt,
  recordAttributes,
  redriveOf,
} from '../message.ts';
import type { Failure } from './failure-class.ts';
import { attributesRoom, type Delay, type ReplacementMessage } from './queue.ts';

/** A message to dead-letter, and the content of its attribute `Failure` (fields: common/message-attributes.ts). */
export interface FailedMessage {
  readonly record: SQSRecord;
  readonly failure: Failure;
  readonly attempts: number;
  readonly notBefore: Date | undefined;
  /** Ids that link it to its request, and to its idempotency record where the outcome is unknown. */
  readonly correlation: Readonly<Record<string, string>>;
}

/** Salesforce's longest messages are far below this. It keeps the attribute within the SQS message size. */
const MAX_MESSAGE_LENGTH = 2_000;

const failureAttribute = ({
  record,
  failure,
  attempts,
  notBefore,
  correlation,
}: FailedMessage) => ({
  class: failure.class,
  errorCode: failure.errorCode,
  message: failure.message.slice(0, MAX_MESSAGE_LENGTH),
  ...(failure.status === undefined ? {} : { status: failure.status }),
  attempts,
  firstAt: firstReceivedAt(record).toISOString(),
  lastAt: new Date().toISOString(),
  ...(notBefore === undefined ? {} : { notBefore: notBefore.toISOString() }),
  correlation,
});

const withAttribute = (
  record: SQSRecord,
  attributes: Readonly<Record<string, string>>,
  own: Parameters<typeof foldAttributes>[1],
) => foldAttributes(attributes, own, undefined, attributesRoom(record));

/** The original body and attributes, so that a redrive sends the message that failed, and the reason in `Failure`. */
export function toFailureMessage(failed: FailedMessage): ReplacementMessage {
  const { record } = failed;
  const { Failure: _earlier, ...original } = recordAttributes(record);
  const own = { name: 'Failure', value: failureAttribute(failed) } as const;
  return { record, attributes: withAttribute(record, original, own) };
}

/** One receive is left for an invocation that crashes. */
const SPARE_RECEIVES = 1;

/**
 * Whether SQS would soon move a message to the dead-letter queue for having been received `maxReceives` times. That limit
 * is for crashes: waiting for a limit, a lock or a login is not one.
 */
export const isNearMaxReceives = ({ attributes }: SQSRecord, maxReceives: number): boolean =>
  Number(attributes.ApproximateReceiveCount) >= maxReceives - SPARE_RECEIVES;

/**
 * The same message as a new one that has not been received yet. It keeps the first one's effect, attempts and age, so that
 * it does no harm if both are received.
 */
export function toRequeuedMessage({ record, seconds }: Delay): ReplacementMessage {
  const { Redrive: _before, ...original } = recordAttributes(record);
  const { attributes: _folded, ...before } = redriveOf(record);
  const value = {
    ...before,
    messageId: firstMessageId(record),
    attemptsOf: attemptsKey(record),
    firstAt: firstReceivedAt(record).toISOString(),
  };
  const attributes = withAttribute(record, original, { name: 'Redrive', value });
  return { record, delaySeconds: seconds, attributes };
}
