import type { SQSRecord } from 'aws-lambda';
import { foldAttributes } from '#common/message-attributes.ts';
import {
  attemptsKey,
  firstMessageId,
  firstReceivedAt,
  redriveOf,
  textAttributes,
} from '../record.ts';
import { attributesRoom, type Successor } from './queue.ts';

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
