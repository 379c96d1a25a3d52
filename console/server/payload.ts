import { GetObjectCommand } from '@aws-sdk/client-s3';
import { queuePlaces } from '../../cli/dlq/failures/failure.ts';
import { isErrorNamed } from '../../cli/errors.ts';
import { requireOutput } from '../../cli/stack.ts';
import type { Connected } from './connection.ts';
import { invalid, notFound } from './errors.ts';
import { findFailure } from './failures.ts';
import type { Asked } from './server.ts';

const MAX_BYTES = 1024 * 1024;

const BUCKETS = {
  ParkBucket: 'ParkBucketName',
  PayloadBucket: 'PayloadBucketName',
} as const;

const isBucket = (store: string): store is keyof typeof BUCKETS => Object.hasOwn(BUCKETS, store);

/** Only as many bytes as the page shows are read. */
async function readObject({ clients, stack }: Connected, store: keyof typeof BUCKETS, key: string) {
  const Bucket = requireOutput(stack, BUCKETS[store]);
  const command = new GetObjectCommand({ Bucket, Key: key, Range: `bytes=0-${MAX_BYTES - 1}` });
  try {
    const { Body, ContentRange } = await clients.s3.send(command);
    const text = (await Body?.transformToString()) ?? '';
    const [, size = '0'] = ContentRange?.split('/') ?? [];
    return { store, key, text, isCut: Number(size) > MAX_BYTES };
  } catch (error) {
    if (!isErrorNamed(error, 'NoSuchKey')) throw error;
    throw notFound(`${store} has no object ${key}: it has expired, or was deleted.`);
  }
}

/** A message or object as it is, cut at 1 MiB. Rejects with ProblemError if there is none, and with AWS's error. */
export async function readPayload(connected: Connected, { query }: Asked) {
  const { store = '', key = '' } = query;
  if (key === '') throw invalid('key must be the id of a message, or the key of an object.');
  if (isBucket(store)) return readObject(connected, store, key);
  if (!queuePlaces.some((queue) => queue === store))
    throw invalid('store must be a dead-letter queue or a bucket of the stack.');
  const { body } = await findFailure(connected, key);
  return { store, key, text: body, isCut: false };
}
