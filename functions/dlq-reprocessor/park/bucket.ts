import { posix } from 'node:path';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { toError } from '#common/errors.ts';
import type { DeadLetterMessage } from '../dead-letter/message.ts';
import type { Filter } from '../filter.ts';
import { type Invocation, timeLimits } from '../invocation.ts';
import type { Page, Source } from '../pipeline.ts';
import { type ParkReason, parkReasons } from './reasons.ts';
import { PARKED, parseParked } from './record.ts';

export interface Bucket {
  readonly client: S3Client;
  readonly name: string;
}

/** S3 lists up to 1,000 keys per request (API Reference, "ListObjectsV2"). */
const LIST = 1_000;

/** Lists at most 1,000 keys, in alphabetical order. Rejects with S3's error. */
export async function listKeys(
  { client, name: Bucket }: Bucket,
  Prefix: string,
  StartAfter: string | undefined,
  MaxKeys: number,
) {
  const command = new ListObjectsV2Command({ Bucket, Prefix, StartAfter, MaxKeys });
  const { Contents = [], IsTruncated = false } = await client.send(command);
  return { keys: Contents.flatMap(({ Key }) => Key ?? []), hasMore: IsTruncated };
}

/** Counting stops here: an exact number is of no use to an operator. */
export const MAX_COUNTED = 10_000;

/** Counts the parked messages for each reason, the first 10,000 of them. Rejects with S3's error. */
export async function countParked(bucket: Bucket): Promise<Partial<Record<ParkReason, number>>> {
  const keys: string[] = [];
  let hasMore = true;
  while (hasMore && keys.length < MAX_COUNTED) {
    const page = await listKeys(bucket, PARKED, keys.at(-1), LIST);
    keys.push(...page.keys);
    hasMore = page.hasMore && page.keys.length > 0;
  }
  const counts: Partial<Record<ParkReason, number>> = {};
  for (const key of keys) {
    const reason = parkReasons.find((name) => key.startsWith(`${PARKED}${name}/`));
    if (reason) counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
}

/** The longest prefix that all keys that a filter can match have in common. */
function prefixOf({ key, reason }: Filter): string {
  if (key !== undefined) return key;
  const folder = parkReasons.find((name) => name === reason?.toUpperCase());
  return folder === undefined ? PARKED : `${PARKED}${folder}/`;
}

/** Whether an object can match by its key, which ends with the message's id. */
const mayMatch = ({ id }: Filter, key: string): boolean =>
  id === undefined || id.some((one) => key.endsWith(`/${one}.json`));

/** Stands for an object that is not a parked message, or that S3 did not return. */
const unreadable = (key: string, now: Date, errorCode?: string): DeadLetterMessage => ({
  messageId: posix.basename(key, '.json'),
  receiptHandle: key,
  body: '',
  attributes: {},
  sentAt: now,
  parked: { key, at: now, ...(errorCode !== undefined && { errorCode }) },
});

/** Reads a parked message, or the record of a dropped one. Never rejects: S3's error is in `parked`. */
export async function readParked(
  { client, name: Bucket }: Bucket,
  Key: string,
  now: Date,
): Promise<DeadLetterMessage> {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    const text = (await Body?.transformToString()) ?? '';
    return parseParked(Key, text) ?? unreadable(Key, now);
  } catch (error) {
    return unreadable(Key, now, toError(error).name);
  }
}

/** Objects read or deleted at the same time. */
const CONCURRENCY = 10;

/** The park bucket as the pipeline's source: parked messages in alphabetical order of their keys. */
export function parkedSource({ clients, command, config, log, now }: Invocation): Source {
  const bucket = { client: clients.s3, name: config.parkBucketName };
  const { filter } = command;
  let after = command.cursor?.after;

  const remove = async ({ receiptHandle: key }: DeadLetterMessage): Promise<void> => {
    try {
      // The bucket is versioned: the object can be restored.
      await bucket.client.send(new DeleteObjectCommand({ Bucket: bucket.name, Key: key }));
    } catch (error) {
      // If the object is unparked again, its message is redriven twice: the idempotency record makes that harmless.
      log.warn('parked message not deleted', { key, error });
    }
  };

  return {
    name: 'parked',
    pageMs: timeLimits.bucketPageMs,
    hideMs: 0,
    receive: async (max): Promise<Page> => {
      // To find ids, whole pages of keys are listed: they cost no more than smaller ones.
      const page = await listKeys(bucket, prefixOf(filter), after, filter.id ? LIST : max);
      const matching = page.keys.filter((key) => mayMatch(filter, key));
      const keys = matching.slice(0, max);
      const isCut = keys.length < matching.length;
      after = (isCut ? keys : page.keys).at(-1) ?? after;
      const receivedAt = now().getTime();
      const messages = await pMap(keys, (key) => readParked(bucket, key, now()), {
        concurrency: CONCURRENCY,
      });
      const isEnd = !page.hasMore && !isCut;
      return { messages, receivedAt, isEnd, ...(after !== undefined && { after }) };
    },
    remove: async (messages) => {
      await pMap(messages, remove, { concurrency: CONCURRENCY });
    },
    hide: async () => undefined,
    count: async () => undefined,
  };
}
