import { beforeEach, describe, expect, it } from 'vitest';
import { moods } from '../../../local/salesforce/settings.ts';
import { useTestOrg } from './harness.ts';

const org = useTestOrg({ dailyApiRequests: 700, settings: { lockTimeoutMs: 5 } });
beforeEach(() => org().control('POST', 'reset'));

const change = (settings: object) => org().control('PATCH', 'settings', settings);
const current = async () => (await org().control('GET', 'settings')).body;

describe('settings', () => {
  it('are changed one by one, and reset to those of the start', async () => {
    const { status, body } = await change({ requestMs: 7, writes: 'storage-full' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ requestMs: 7, writes: 'storage-full', dailyApiRequests: 700 });
    await change({ recordMs: 3 });
    expect(await current()).toMatchObject({ requestMs: 7, recordMs: 3, lockTimeoutMs: 5 });
    await org().control('POST', 'reset');
    expect(await current()).toMatchObject({ requestMs: 0, writes: 'on', lockTimeoutMs: 5 });
  });

  it.each([
    [{ latency: 5 }, 'latency'],
    [{ requestMs: -1 }, 'requestMs'],
    [{ host: 'gone' }, '"maintenance"'],
    [{ mood: 'angry' }, 'release-upgrade'],
    [{ requestMs: null }, 'requestMs'],
    [[], 'object'],
  ])('are refused with what is wrong, and change nothing: %j', async (settings, words) => {
    const before = await current();
    const { status, body } = await change(settings);
    expect(status).toBe(400);
    expect(body).toMatchObject({ message: expect.stringContaining(words) });
    expect(await current()).toEqual(before);
  });
});

describe('a mood', () => {
  it.each(Object.entries(moods))(
    '%s sets %j, and nothing of the mood before',
    async (mood, own) => {
      await change({ mood: 'maintenance', recordMs: 9 });
      const usual = { host: 'up', recordMs: 0, dailyApiRequests: 700, lockTimeoutMs: 5 };
      expect((await change({ mood })).body).toMatchObject({ ...usual, ...own });
    },
  );

  it('keeps the calls that are used, and can be changed by settings beside it', async () => {
    await change({ apiRequestsUsed: 12 });
    const { body } = await change({ mood: 'latency', recordMs: 1 });
    expect(body).toMatchObject({ apiRequestsUsed: 12, requestMs: 150, recordMs: 1 });
  });

  it('is listed', async () => {
    expect((await org().control('GET', 'moods')).body).toEqual(moods);
  });
});
