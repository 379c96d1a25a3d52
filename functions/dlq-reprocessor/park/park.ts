import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { abortBefore, type BatchItemError, type RemainingMs } from '#common/aws.ts';
import { toError } from '#common/errors.ts';
import type { Publish, Publishable } from '#common/events/publish.ts';
import { formatParked, parkedKey, type ToPark } from './record.ts';

/** Keeps a text under a key; rejects when it could not be stored. */
export type StoreObject = (key: string, body: string, remainingMs: RemainingMs) => Promise<void>;

interface ParkDependencies {
  readonly store: StoreObject;
  readonly publish: Publish;
  readonly now: () => Date;
}

/** Objects that are stored at the same time. */
const CONCURRENCY = 10;

interface Stored {
  readonly refusal?: BatchItemError;
  readonly event?: Publishable;
}

const announcement = ({ reason, letter: { messageId: id } }: ToPark, key: string): Publishable => ({
  id,
  source: 'salesforce-eventbridge',
  detailType: 'salesforce-eventbridge.parked',
  detail: JSON.stringify({ reason, key, id }),
  resources: [],
});

/**
 * Keeps dead letters for a person: each message and its history in S3, and an event on the bus that says so.
 *
 * @returns a function that answers one result per letter, in order: `undefined` where the letter is stored and its
 *   event taken. It never rejects.
 */
export function createPark({ store, publish, now }: ParkDependencies) {
  const keep = async (toPark: ToPark, remainingMs: RemainingMs): Promise<Stored> => {
    const at = now();
    const key = parkedKey(toPark.reason, at, toPark.letter.messageId);
    try {
      await store(key, formatParked(toPark, at), remainingMs);
      return { event: announcement(toPark, key) };
    } catch (error) {
      return { refusal: { errorCode: toError(error).name } };
    }
  };

  const announce = async (stored: readonly Stored[], remainingMs: RemainingMs) => {
    const events = stored.flatMap(({ event }) => event ?? []);
    const published = await publish(events, remainingMs);
    return new Set(events.filter((_, index) => published[index]?.outcome !== 'failed'));
  };

  return async (
    letters: readonly ToPark[],
    remainingMs: RemainingMs,
  ): Promise<(BatchItemError | undefined)[]> => {
    const stored = await pMap(letters, (letter) => keep(letter, remainingMs), {
      concurrency: CONCURRENCY,
    });
    const announced = await announce(stored, remainingMs);
    return stored.map(({ refusal, event }) => {
      if (refusal) return refusal;
      // Stored, but nobody was told: the letter stays and is parked again, under the same key.
      return event && announced.has(event) ? undefined : { errorCode: 'NotAnnounced' };
    });
  };
}

export type Park = ReturnType<typeof createPark>;

/** One page of keys, in their order. */
interface Page {
  readonly keys: readonly string[];
  readonly hasMore: boolean;
}

/** The bucket of parked letters. Each function rejects when S3 does not confirm. */
export interface ParkBucket {
  readonly store: StoreObject;
  readonly read: (key: string) => Promise<string>;
  readonly list: (prefix: string, after: string | undefined, max: number) => Promise<Page>;
  /** The bucket is versioned: the object can be brought back. */
  readonly remove: (key: string) => Promise<void>;
}

/** What is left for the event that tells of it and the deletion of the letter. */
const REST_MS = 8_000;

export function parkBucket(Bucket: string, client: S3Client): ParkBucket {
  return {
    store: async (Key, Body, remainingMs) => {
      const ContentType = 'application/json';
      const command = new PutObjectCommand({ Bucket, Key, Body, ContentType });
      await client.send(command, abortBefore(remainingMs, REST_MS));
    },
    read: async (Key) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      return (await Body?.transformToString()) ?? '';
    },
    list: async (Prefix, StartAfter, MaxKeys) => {
      const command = new ListObjectsV2Command({ Bucket, Prefix, StartAfter, MaxKeys });
      const { Contents = [], IsTruncated = false } = await client.send(command);
      return { keys: Contents.flatMap(({ Key }) => Key ?? []), hasMore: IsTruncated };
    },
    remove: async (Key) => {
      await client.send(new DeleteObjectCommand({ Bucket, Key }));
    },
  };
}
