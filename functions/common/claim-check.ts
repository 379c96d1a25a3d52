import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { awsClientConfig } from './aws-client.ts';
import type { BusEntry } from './entry.ts';

/** Stores a text under `key`, as JSON; rejects when it could not be stored. */
export type StorePayload = (key: string, body: string) => Promise<void>;

/** The client is loaded with the first oversize event: no other pays for it. */
export function payloadBucket(bucket: string): StorePayload {
  let client: S3Client | undefined;
  return async (key, body) => {
    const aws = await import('@aws-sdk/client-s3');
    client ??= new aws.S3Client(awsClientConfig);
    const object = { Bucket: bucket, Key: key, Body: body, ContentType: 'application/json' };
    await client.send(new aws.PutObjectCommand(object));
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
    sha256: createHash('sha256').update(entry.detail).digest('hex'),
    contentType: 'application/json',
  };
  return {
    ...entry,
    detailType: `${entry.detailType}.claim-check`,
    detail: JSON.stringify(detail),
  };
}
