import { PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { payloadBucket } from '../../../../functions/common/events/claim-check.ts';

const aws = mockClient(S3Client);
const options = { abortSignal: AbortSignal.timeout(10_000) };

/** A bucket that keeps the objects it is given, and honours `If-None-Match`. */
function bucket(): Map<string, unknown> {
  const objects = new Map<string, unknown>();
  aws.on(PutObjectCommand).callsFake(({ Key, Body, IfNoneMatch }) => {
    if (IfNoneMatch === '*' && objects.has(Key)) {
      const name = 'PreconditionFailed';
      throw new S3ServiceException({ name, $fault: 'client', $metadata: {} });
    }
    objects.set(Key, Body);
    return {};
  });
  return objects;
}

describe('a claim', () => {
  beforeEach(() => aws.reset());

  it('never writes over another of the same id', async () => {
    const objects = bucket();
    const store = payloadBucket('claims');
    const first = await store('claims/2026-11-24/id', '{"hook":1}', options);
    const second = await store('claims/2026-11-24/id', '{"hook":2}', options);
    expect([objects.get(first), objects.get(second)]).toEqual(['{"hook":1}', '{"hook":2}']);
    expect(first).toBe('claims/2026-11-24/id');
    expect(second).toMatch(/^claims\/2026-11-24\/id-[0-9a-f]{16}$/);
  });

  it('of the same body again needs no further key', async () => {
    const objects = bucket();
    const store = payloadBucket('claims');
    for (let time = 0; time < 3; time += 1) await store('key', '{}', options);
    expect(objects.size).toBe(2);
  });

  it('that cannot be stored rejects', async () => {
    aws.on(PutObjectCommand).rejects(new Error('AccessDenied'));
    await expect(payloadBucket('claims')('key', '{}', options)).rejects.toThrow('AccessDenied');
  });
});
