import type { S3Client } from '@aws-sdk/client-s3';
import { awsClientConfig } from '../aws.ts';
import { sha256 } from '../sha256.ts';
import type { BusEntry } from './event-bus.ts';

/** Stores a JSON text and returns the key that it is stored under. Rejects if it can't be stored. */
export type StorePayload = (
  key: string,
  body: string,
  options: { readonly abortSignal: AbortSignal },
) => Promise<string>;

/** S3's errors for a key that has an object or is being written (User Guide, "Conditional requests"). */
const KEY_EXISTS = new Set(['PreconditionFailed', 'ConditionalRequestConflict']);

const keyExists = (error: unknown): boolean => error instanceof Error && KEY_EXISTS.has(error.name);

/**
 * Stores payloads in S3 and never overwrites one: GitHub delivers one event to several hooks under the same id with
 * different bodies, and each event must find its own. If the key exists, the body's digest is appended to it.
 */
export function createPayloadBucket(bucket: string): StorePayload {
  // Loaded with the first oversize event, to keep it out of every other cold start.
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
      if (!keyExists(error)) throw error;
      const uniqueKey = `${key}-${sha256(body).slice(0, 16)}`;
      await put(uniqueKey, {});
      return uniqueKey;
    }
  };
}

/** `claims/<yyyy-mm-dd>/<id>`, with the date in UTC, so that a day's payloads can be listed and expired. */
export const claimKey = (id: string, at: Date): string =>
  `claims/${at.toISOString().slice(0, 10)}/${id}`;

/**
 * The small event published in place of an oversize one: same source and resources, but with the detail-type suffix
 * `.claim-check`, so that no rule that expects the payload receives a pointer.
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
