import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { within } from '#common/deadline.ts';
import type { StoreObject } from './park.ts';

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
      await client.send(command, within(remainingMs, REST_MS));
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
