import { PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createPayloadBucket } from '../../../../functions/common/events/claim-check.ts';

const aws = mockClient(S3Client);
// The mock replaces a method of the class: other files of the same worker would get it too.
afterAll(() => aws.restore());
const options = { abortSignal: AbortSignal.timeout(10_000) };

/** A bucket in memory that honours `If-None-Match`. */
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

describe('createPayloadBucket', () => {
  beforeEach(() => aws.reset());

  it('never overwrites a payload with the same key', async () => {
    const objects = bucket();
    const store = createPayloadBucket('claims');
    const first = await store('claims/2026-11-24/id', '{"hook":1}', options);
    const second = await store('claims/2026-11-24/id', '{"hook":2}', options);
    expect([objects.get(first), objects.get(second)]).toEqual(['{"hook":1}', '{"hook":2}']);
    expect(first).toBe('claims/2026-11-24/id');
    expect(second).toMatch(/^claims\/2026-11-24\/id-[0-9a-f]{16}$/);
  });

  it('stores the same body under at most two keys', async () => {
    const objects = bucket();
    const store = createPayloadBucket('claims');
    for (let time = 0; time < 3; time += 1) await store('key', '{}', options);
    expect(objects.size).toBe(2);
  });

  it('rejects if the payload cannot be stored', async () => {
    aws.on(PutObjectCommand).rejects(new Error('AccessDenied'));
    await expect(createPayloadBucket('claims')('key', '{}', options)).rejects.toThrow(
      'AccessDenied',
    );
  });
});
