import { beforeEach, describe, expect, it } from 'vitest';
import { useTestOrg } from '../harness.ts';

const org = useTestOrg();
beforeEach(() => org().control('POST', 'reset'));

describe('/limits', () => {
  it('documented (Limits): has the maximum and the rest of each allocation', async () => {
    const { status, body } = await org().rest('GET', '/limits');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      DailyApiRequests: { Max: 100_000, Remaining: 99_999 },
      DailyBulkApiBatches: { Max: 15_000, Remaining: 15_000 },
      DataStorageMB: { Max: expect.any(Number), Remaining: expect.any(Number) },
      HourlyPublishedPlatformEvents: { Max: 250_000, Remaining: 250_000 },
      SingleEmail: { Max: 5_000, Remaining: 5_000 },
    });
  });

  it('row 56, documented (Limits; code: guess): needs View Setup and Configuration', async () => {
    await org().control('PATCH', 'settings', { viewSetup: false });
    const { status, body } = await org().rest('GET', '/limits');
    expect(status).toBe(403);
    expect(body).toMatchObject([{ errorCode: 'INSUFFICIENT_ACCESS' }]);
  });

  it('shows a full storage', async () => {
    await org().control('PATCH', 'settings', { mood: 'storage-full' });
    const { body } = await org().rest('GET', '/limits');
    expect(body).toMatchObject({ DataStorageMB: { Remaining: 0 } });
  });

  it('documented (Record Count): counts records of the objects that are named', async () => {
    await org().rest('POST', '/sobjects/Account', { Name: 'a' });
    const { body } = await org().rest(
      'GET',
      '/limits/recordCount?sObjects=account,Contact,Nothing',
    );
    expect(body).toEqual({
      sObjects: [
        { count: 1, name: 'Account' },
        { count: 0, name: 'Contact' },
      ],
    });
  });
});
