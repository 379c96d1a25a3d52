import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { localClient } from '../stack/aws.ts';

export interface StoredObject {
  readonly key: string;
  readonly text: string;
}

/** A parked message as its object tells it. */
export interface ParkedObject {
  readonly reason: string;
  readonly body: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

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
  const read = async (key: string): Promise<StoredObject> => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return { key, text: (await Body?.transformToString()) ?? '' };
  };
  return pMap(keys, read, { concurrency: 8 });
}

export const parkedObjects = async (endpoint: string, bucket: string): Promise<ParkedObject[]> =>
  (await storedObjects(endpoint, bucket, 'parked/')).map(({ text }) => JSON.parse(text));
