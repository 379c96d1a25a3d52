import type { SQSRecord } from 'aws-lambda';
import { foldAttributes } from '#common/message-attributes.ts';
import {
  attemptsKey,
  firstMessageId,
  firstReceivedAt,
  redriveOf,
  textAttributes,
} from '../message.ts';
import type { Failure } from './failure-class.ts';
import { attributesRoom, type Successor } from './queue.ts';

/** Why a message becomes a dead letter: what its one attribute `Failure` says. */
export interface DeadLetter {
  readonly record: SQSRecord;
  readonly failure: Failure;
  readonly attempts: number;
  readonly notBefore?: Date | undefined;
  /** Ids that lead back to the request, and to its once-only record where a person has to settle that. */
  readonly correlation: Readonly<Record<string, string>>;
}

/** Salesforce's longest texts are far below this; it keeps the attribute within the message's size. */
const MAX_MESSAGE_LENGTH = 2_000;

const failureOf = ({ record, failure, attempts, notBefore, correlation }: DeadLetter) => ({
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

/** The original body and attributes, so that a redriven message is the message that failed, and why it failed. */
export function toDeadLetter(letter: DeadLetter): Successor {
  const { record } = letter;
  const { Failure: _earlier, ...original } = textAttributes(record);
  const own = { name: 'Failure', value: failureOf(letter) };
  return { record, attributes: foldAttributes(original, own, undefined, attributesRoom(record)) };
}

/** One receive is left for an invocation that crashes. */
const SPARE_RECEIVES = 1;

/**
 * Whether a message that goes back to the queue would be moved to the dead-letter queue soon, for having been received
 * `maxReceives` times. That limit is for crashes; waiting for a limit, a lock or a login is none.
 */
export const isWornOut = ({ attributes }: SQSRecord, maxReceives: number): boolean =>
  Number(attributes.ApproximateReceiveCount) >= maxReceives - SPARE_RECEIVES;

/**
 * The same message as a new one, with no receives. Its effect, its attempts and its age are the first one's, so that
 * it does no harm when both are received.
 */
export function renew(record: SQSRecord, delaySeconds: number): Successor {
  const { Redrive: _before, ...original } = textAttributes(record);
  const { attributes: _folded, ...before } = redriveOf(record);
  const value = {
    ...before,
    messageId: firstMessageId(record),
    attemptsOf: attemptsKey(record),
    firstAt: firstReceivedAt(record).toISOString(),
  };
  const attributes = foldAttributes(
    original,
    { name: 'Redrive', value },
    undefined,
    attributesRoom(record),
  );
  return { record, delaySeconds, attributes };
}
