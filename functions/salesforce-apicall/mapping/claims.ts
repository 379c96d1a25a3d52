import type { S3Client } from '@aws-sdk/client-s3';
import { abortBefore, awsClientConfig, type RemainingMs } from '#common/aws.ts';
import { isJsonObject } from '#common/json.ts';
import { sha256 } from '#common/sha256.ts';
import { RequestError } from '../errors.ts';
import { classifyError } from '../outcome/classify.ts';
import { failure } from '../outcome/failure-class.ts';
import { parseJson } from '../request/cloud-event.ts';
import type { BusEvent } from '../request/parse.ts';
import type { RequestResult } from '../result.ts';

/** Reads an object's bytes. Rejects with S3's error. */
export type ReadObject = (
  key: string,
  options: { readonly abortSignal: AbortSignal },
) => Promise<Uint8Array>;

/** Reads from a bucket. Its client is loaded with the first claim check. */
export function createObjectReader(bucket: string): ReadObject {
  let client: S3Client | undefined;
  return async (Key, options) => {
    const aws = await import('@aws-sdk/client-s3');
    client ??= new aws.S3Client(awsClientConfig);
    const command = new aws.GetObjectCommand({ Bucket: bucket, Key });
    const { Body, ContentLength = 0 } = await client.send(command, options);
    if (ContentLength > MAX_BYTES)
      throw new Error('The payload is larger than its claim check says');
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  };
}

/** More than a function URL accepts, 6 MB ("Lambda quotas"): nothing of this stack stores more. */
const MAX_BYTES = 8_000_000;

/** Held at once, of all claim checks of a batch. The events of the others are handled in a later one. */
const MAX_BYTES_OF_BATCH = 48_000_000;

/**
 * For all claim checks of a batch, in milliseconds: as long as the attempts for one take that does not answer. The events of the
 * others are handled in a later one, so that a bucket that is slow or not available leaves time for the rest of the batch.
 */
const MAX_MS_OF_BATCH = 10_000;

const KEY = /^claims\/(\d{4}-\d{2}-\d{2})\/[A-Za-z0-9-]+$/;

interface Claim {
  readonly key: string;
  readonly bytes: number;
  readonly sha256: string;
  /** When it was stored, to the day. */
  readonly storedAt: number;
}

/** Rights to a key that has no object are refused, unless they include the list of keys ("GetObject", S3 API Reference). */
const NOT_THERE = new Set(['NoSuchKey', 'AccessDenied']);

const failed = (...reason: Parameters<typeof failure>): RequestResult => ({
  kind: 'finished',
  code: 'request-parsing',
  outcome: failure(...reason),
});

interface ClaimOptions {
  readonly bucket: string;
  readonly readObject: ReadObject;
  /** After this many days, S3 deletes payloads. */
  readonly retentionDays: number;
  readonly remainingMs: RemainingMs;
  /** For all payloads of the batch; default: 10 seconds. */
  readonly maxMs?: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const DAY_MS = 86_400_000;

/** S3 rounds the time of an expiration up to the next midnight ("Lifecycle rules based on an object's age"). */
const isOver = ({ storedAt }: Claim, { retentionDays, now }: ClaimOptions): boolean =>
  now() >= storedAt + retentionDays * DAY_MS;

/** The claim checks of a batch: the payloads of events that are too large for the bus. */
export class Claims {
  readonly #options: ClaimOptions;
  readonly #timeIsOver: AbortSignal;
  #bytesLeft = MAX_BYTES_OF_BATCH;

  constructor(options: ClaimOptions) {
    this.#options = options;
    this.#timeIsOver = AbortSignal.timeout(options.maxMs ?? MAX_MS_OF_BATCH);
  }

  /** The detail that an event's claim check stands for, or why there is none. Only this stack's own payloads are read. */
  async read({ detail }: BusEvent): Promise<{ readonly detail: unknown } | RequestResult> {
    const claim = this.#claimOf(detail);
    if (claim === undefined)
      return failed('permanent-data', 'CLAIM_INVALID', 'the claim check is not one of this stack');
    if (claim.bytes > this.#bytesLeft || this.#timeIsOver.aborted) return { kind: 'not-started' };
    this.#bytesLeft -= claim.bytes;
    return this.#fetch(claim);
  }

  async #fetch(claim: Claim): Promise<{ readonly detail: unknown } | RequestResult> {
    const { readObject, remainingMs } = this.#options;
    try {
      const { abortSignal } = abortBefore(remainingMs, RESERVE_MS);
      const either = AbortSignal.any([abortSignal, this.#timeIsOver]);
      const body = Buffer.from(await readObject(claim.key, { abortSignal: either }));
      if (body.byteLength !== claim.bytes || sha256(body) !== claim.sha256)
        return failed(
          'permanent-data',
          'CLAIM_INVALID',
          'the payload is not the one that was stored',
        );
      return { detail: parseJson(body.toString('utf8')) };
    } catch (error) {
      return this.#failureOf(error, claim);
    }
  }

  #failureOf(error: unknown, claim: Claim): RequestResult {
    if (error instanceof RequestError)
      return failed('permanent-data', 'CLAIM_INVALID', error.message);
    const name = error instanceof Error ? error.name : '';
    if (name === 'NoSuchKey' || (NOT_THERE.has(name) && isOver(claim, this.#options)))
      return failed(
        'claim-expired',
        'CLAIM_EXPIRED',
        'the payload has been deleted: it is older than ClaimRetentionDays',
      );
    return { kind: 'finished', code: 'adapter-process', outcome: classifyError(error, true) };
  }

  #claimOf(detail: unknown): Claim | undefined {
    const { bucket, key, bytes, sha256: digest } = isJsonObject(detail) ? detail : {};
    if (bucket !== this.#options.bucket || typeof key !== 'string') return undefined;
    const [, date] = KEY.exec(key) ?? [];
    if (date === undefined || typeof digest !== 'string') return undefined;
    if (typeof bytes !== 'number' || !(bytes >= 0 && bytes <= MAX_BYTES)) return undefined;
    return { key, bytes, sha256: digest, storedAt: Date.parse(date) };
  }
}

/** Left for the calls that follow. */
const RESERVE_MS = 5_000;
