import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { awsClientConfig } from '../aws.ts';
import type { BusEntry } from './entry.ts';

/** Stores a text, as JSON, and answers the key that it is stored under; rejects when it could not be stored. */
export type StorePayload = (
  key: string,
  body: string,
  options: { readonly abortSignal: AbortSignal },
) => Promise<string>;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** S3's two ways to say that the key has an object, or is just getting one ("Conditional writes"). */
const TAKEN = new Set(['PreconditionFailed', 'ConditionalRequestConflict']);

const isTaken = (error: unknown): boolean => error instanceof Error && TAKEN.has(error.name);

/**
 * A claim is never written over: GitHub gives deliveries of one event to several hooks the same id with other bodies,
 * and each event has to find its own. A key that is taken gets the body's digest as its ending.
 */
export function payloadBucket(bucket: string): StorePayload {
  // The client is loaded with the first oversize event: no other pays for it.
  let client: S3Client | undefined;
  return async (key, body, options) => {
    const aws = await import('@aws-sdk/client-s3');
    client ??= new aws.S3Client(awsClientConfig);
    const s3 = client;
    const object = { Bucket: bucket, Body: body, ContentType: 'application/json' };
    const put = (Key: string, condition: { IfNoneMatch?: string }) =>
      s3.send(new aws.PutObjectCommand({ ...object, Key, ...condition }), options);
    try {
      await put(key, { IfNoneMatch: '*' });
      return key;
    } catch (error) {
      if (!isTaken(error)) throw error;
      const own = `${key}-${sha256(body).slice(0, 16)}`;
      await put(own, {});
      return own;
    }
  };
}

/** `claims/<yyyy-mm-dd>/<id>`: the day is UTC, so that lifecycle rules and people can find a day's claims. */
export const claimKey = (id: string, at: Date): string =>
  `claims/${at.toISOString().slice(0, 10)}/${id}`;

/**
 * The small event that stands for an oversize one: same source and resources, a detail-type of its own so that
 * no rule made for the payload receives a pointer unawares.
 */
export function toClaimCheck(entry: BusEntry, bucket: string, key: string): BusEntry {
  const detail = {
    bucket,
    key,
    bytes: Buffer.byteLength(entry.detail),
    sha256: sha256(entry.detail),
    contentType: 'application/json',
  };
  return {
    ...entry,
    detailType: `${entry.detailType}.claim-check`,
    detail: JSON.stringify(detail),
  };
}
