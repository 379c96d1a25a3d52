import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { localClient } from './aws.ts';

export interface StoredObject {
  readonly key: string;
  readonly text: string;
}

/** A parked message as its object holds it. */
export interface ParkedObject {
  readonly reason: string;
  readonly body: string;
  readonly messageId: string;
  readonly eventId?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Objects never change: each is read once. */
const read = new Map<string, StoredObject>();

/** All objects of a bucket below a prefix, however many. */
export async function storedObjects(
  endpoint: string,
  bucket: string,
  prefix: string,
): Promise<StoredObject[]> {
  const client = new S3Client({ ...localClient(endpoint), forcePathStyle: true });
  const keys: string[] = [];
  const input = { Bucket: bucket, Prefix: prefix };
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, input)) {
    keys.push(...Contents.map(({ Key = '' }) => Key));
  }
  const readOne = async (key: string): Promise<StoredObject> => {
    const known = read.get(`${bucket}/${key}`);
    if (known) return known;
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const object = { key, text: (await Body?.transformToString()) ?? '' };
    read.set(`${bucket}/${key}`, object);
    return object;
  };
  return pMap(keys, readOne, { concurrency: 8 });
}

export const parkedObjects = async (endpoint: string, bucket: string): Promise<ParkedObject[]> =>
  (await storedObjects(endpoint, bucket, 'parked/')).map(({ text }) => JSON.parse(text));
