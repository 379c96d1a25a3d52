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
  readonly key?: string;
  readonly error?: BatchItemError;
  readonly announcement?: Publishable;
}

const SOURCE = 'salesforce-eventbridge';

/** The key of a parked message, which every announcement quotes, and so does what a rule makes of one. */
const QUOTED_KEY = /parked\/[A-Z_]+\/\d{4}-\d\d-\d\d\//;

/**
 * Whether announcing a parked message could cause the next one: because it is an announcement itself, or was made from one
 * and failed, or because the bus can't encrypt what is published to it.
 */
const wouldLoop = ({ message, envelope, facts }: Evaluated): boolean =>
  facts.source === SOURCE ||
  (envelope.kind === 'unknown' && envelope.isEncrypted === true) ||
  QUOTED_KEY.test(message.body);

/** Stores a message; resolves to the event that announces it, unless that could loop, or to the error. */
async function store(
  evaluated: Evaluated,
  queue: QueueName,
  { clients, config, now, remainingMs }: Parking,
): Promise<Stored> {
  const { message, envelope, facts, decision } = evaluated;
  if (decision.kind !== 'park') return {};
  const { reason, why } = decision;
  const { messageId: id } = message;
  try {
    const at = now();
    const Key = parkedKey(reason, at, id);
    const command = new PutObjectCommand({
      Bucket: config.parkBucketName,
      Key,
      Body: formatParked({ queue, message, envelope, facts, reason, why }, at),
      ContentType: 'application/json',
    });
    await clients.s3.send(command, abortBefore(remainingMs, timeLimits.afterStoreMs));
    if (wouldLoop(evaluated)) return { key: Key };
    const detail = JSON.stringify({ reason, key: Key, id });
    const announcement = {
      id,
      source: SOURCE,
      detailType: `${SOURCE}.parked`,
      detail,
      resources: [],
    };
    return { key: Key, announcement };
  } catch (error) {
    return { error: { errorCode: toError(error).name } };
  }
}

async function announce(stored: readonly Stored[], { clients, remainingMs }: Parking) {
  const events = stored.flatMap(({ announcement }) => announcement ?? []);
  const published = await clients.publish(events, remainingMs);
  return new Set(events.filter((_, index) => published[index]?.outcome !== 'failed'));
}

/**
 * Parks messages: stores each with its history in S3, and announces it by an event on the bus, unless the message comes
 * from such an event itself. Never rejects.
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
    const isDone = announcement === undefined || announced.has(announcement);
    return isDone ? undefined : { errorCode: 'NotAnnounced' };
  });
  return messages.map((one, index) => {
    const error = errors[index];
    const storedKey = stored[index]?.key;
    return { ...one, ...(storedKey && { storedKey }), ...(error && { error }) };
  });
}
