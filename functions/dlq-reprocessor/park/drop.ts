import { PutObjectCommand } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { abortBefore } from '#common/aws.ts';
import { toError } from '#common/errors.ts';
import type { QueueName } from '../dead-letter/message.ts';
import type { Evaluated } from '../evaluate.ts';
import { type Invocation, timeLimits } from '../invocation.ts';
import { droppedKey, formatParked } from './record.ts';

type Dropping = Pick<Invocation, 'clients' | 'command' | 'config' | 'now' | 'remainingMs'>;

/** Records stored at the same time. */
const CONCURRENCY = 10;

/**
 * Stores the record of a message: a parked object that also says who dropped it, when and why, so that it can be unparked like
 * one. What was in a queue is recorded as parked by command.
 */
async function record(
  evaluated: Evaluated,
  source: QueueName | 'parked',
  { clients, command, config, now, remainingMs }: Dropping,
): Promise<Evaluated> {
  const { message, envelope, facts, decision } = evaluated;
  const { reason = 'BY_COMMAND', why = decision.why, at } = message.parked ?? {};
  const queue = source === 'parked' ? message.parked?.queue : source;
  const { dropReason, droppedBy } = command;
  try {
    const droppedAt = now();
    const Key = droppedKey(droppedAt, message.messageId);
    const parked = { queue, message, envelope, facts, reason, why };
    const put = new PutObjectCommand({
      Bucket: config.parkBucketName,
      Key,
      Body: formatParked(parked, at ?? droppedAt, { droppedAt, dropReason, droppedBy }),
      ContentType: 'application/json',
    });
    await clients.s3.send(put, abortBefore(remainingMs, timeLimits.afterStoreMs));
    return { ...evaluated, storedKey: Key };
  } catch (error) {
    return { ...evaluated, error: { errorCode: toError(error).name } };
  }
}

/**
 * Stores the record of each message that is about to be dropped. Deletes nothing. Never rejects.
 *
 * @returns the messages; one whose record was not stored has the error.
 */
export const recordDropped = (
  source: QueueName | 'parked',
  messages: readonly Evaluated[],
  dropping: Dropping,
): Promise<Evaluated[]> =>
  pMap(messages, (one) => record(one, source, dropping), { concurrency: CONCURRENCY });
