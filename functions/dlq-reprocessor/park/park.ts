import { PutObjectCommand } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { abortBefore, type BatchItemError } from '#common/aws.ts';
import { toError } from '#common/errors.ts';
import type { Publishable } from '#common/events/publish.ts';
import type { QueueName } from '../dead-letter/message.ts';
import type { Evaluated } from '../evaluate.ts';
import { type Invocation, timeLimits } from '../invocation.ts';
import { formatParked, parkedKey } from './record.ts';

type Parking = Pick<Invocation, 'clients' | 'config' | 'now' | 'remainingMs'>;

/** Objects stored at the same time. */
const CONCURRENCY = 10;

interface Stored {
  readonly error?: BatchItemError;
  readonly announcement?: Publishable;
}

/** Stores a message; resolves to the event that announces it, or to the error. */
async function store(
  { message, envelope, decision }: Evaluated,
  queue: QueueName,
  { clients, config, now, remainingMs }: Parking,
): Promise<Stored> {
  if (decision.kind !== 'park') return {};
  const { reason, why } = decision;
  const { messageId: id } = message;
  const at = now();
  const Key = parkedKey(reason, at, id);
  const command = new PutObjectCommand({
    Bucket: config.parkBucketName,
    Key,
    Body: formatParked({ queue, message, envelope, reason, why }, at),
    ContentType: 'application/json',
  });
  try {
    await clients.s3.send(command, abortBefore(remainingMs, timeLimits.afterStoreMs));
  } catch (error) {
    return { error: { errorCode: toError(error).name } };
  }
  const announcement = {
    id,
    source: 'salesforce-eventbridge',
    detailType: 'salesforce-eventbridge.parked',
    detail: JSON.stringify({ reason, key: Key, id }),
    resources: [],
  };
  return { announcement };
}

async function announce(stored: readonly Stored[], { clients, remainingMs }: Parking) {
  const events = stored.flatMap(({ announcement }) => announcement ?? []);
  const published = await clients.publish(events, remainingMs);
  return new Set(events.filter((_, index) => published[index]?.outcome !== 'failed'));
}

/**
 * Parks messages: stores each with its history in S3, and announces it by an event on the bus. Never rejects.
 *
 * @returns the messages; one that was not stored or not announced has the error.
 */
export async function parkAll(
  queue: QueueName,
  messages: readonly Evaluated[],
  parking: Parking,
): Promise<Evaluated[]> {
  const stored = await pMap(messages, (one) => store(one, queue, parking), {
    concurrency: CONCURRENCY,
  });
  const announced = await announce(stored, parking);
  const errors = stored.map(({ error, announcement }) => {
    if (error) return error;
    // Stored but not announced: the message stays in its queue and is parked again, on the same UTC day and for the same
    // reason under the same key, else under a second one.
    return announcement && announced.has(announcement) ? undefined : { errorCode: 'NotAnnounced' };
  });
  return messages.map((one, index) => {
    const error = errors[index];
    return error === undefined ? one : { ...one, error };
  });
}
