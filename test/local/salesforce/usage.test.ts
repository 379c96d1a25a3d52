import { beforeEach, describe, expect, it } from 'vitest';
import { useTestOrg } from './harness.ts';

const org = useTestOrg({ dailyApiRequests: 500 });
beforeEach(() => org().control('POST', 'reset'));

const settings = (change: object) => org().control('PATCH', 'settings', change);
const limits = () => org().rest('GET', '/limits');
const callsSoFar = async (): Promise<number> =>
  Object((await org().control('GET', 'settings')).body).apiRequestsUsed;

const exceeded = (limit: string) => ({
  status: 403,
  body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: `${limit} Limit exceeded.` }],
});

const CONCURRENT = exceeded('ConcurrentRequests (Concurrent API Requests)');

describe('API usage', () => {
  it('documented (Limit Info Header): stands in a header, and in /limits', async () => {
    await settings({ apiRequestsUsed: 41 });
    const { headers, body } = await limits();
    expect(headers.get('sforce-limit-info')).toBe('api-usage=42/500');
    expect(body).toMatchObject({ DailyApiRequests: { Max: 500, Remaining: 458 } });
  });

  it('documented (Status Codes and Error Responses): is limited for 24 hours', async () => {
    await settings({ apiRequestsUsed: 499 });
    expect((await limits()).status).toBe(200);
    expect(await limits()).toMatchObject(exceeded('TotalRequests'));
    await settings({ dailyApiRequests: 501 });
    expect((await limits()).status).toBe(200);
  });
});

describe('long calls', () => {
  /** Starts calls that take a while, and waits until the org runs them. */
  async function startLong(number: number, requestMs: number, signal: AbortSignal | null = null) {
    const before = await callsSoFar();
    await settings({ requestMs });
    const answers = Array.from({ length: number }, () =>
      fetch(`${org().url}/services/data/v68.0/limits`, {
        headers: { authorization: `Bearer ${org().token}` },
        signal,
      }).catch((error: Error) => error),
    );
    await expect.poll(callsSoFar, { interval: 2 }).toBe(before + number);
    await settings({ requestMs: 0 });
    return { ended: Promise.all(answers) };
  }

  it('documented (API Request Limits): are limited to 25 of 20 seconds at a time', async () => {
    const body = { concurrentLongRequests: 25, longRequestMs: 20_000 };
    expect((await org().control('GET', 'settings')).body).toMatchObject(body);
  });

  it('documented (API Request Limits): refuse new calls, short ones as well, until they end', async () => {
    await settings({ longRequestMs: 50, concurrentLongRequests: 2 });
    const { ended } = await startLong(2, 1_000);
    await expect.poll(limits, { interval: 20 }).toMatchObject(CONCURRENT);
    await ended;
    expect((await limits()).status).toBe(200);
  });

  it('documented (API Request Limits): do not count while they are short', async () => {
    await settings({ longRequestMs: 60_000, concurrentLongRequests: 1 });
    const { ended } = await startLong(3, 300);
    expect((await limits()).status).toBe(200);
    await ended;
  });

  it('guess: count for as long as they run, also if the client has given up', async () => {
    await settings({ longRequestMs: 50, concurrentLongRequests: 1 });
    const client = new AbortController();
    const { ended } = await startLong(1, 1_000, client.signal);
    client.abort();
    await ended;
    await expect.poll(limits, { interval: 20 }).toMatchObject(CONCURRENT);
    await expect.poll(limits, { interval: 50, timeout: 5_000 }).toMatchObject({ status: 200 });
  });

  it('count if a fault delays them', async () => {
    await settings({ longRequestMs: 50, concurrentLongRequests: 1 });
    await org().control('POST', 'faults', { pass: true, delayMs: 800 });
    const slow = limits();
    await expect.poll(limits, { interval: 20 }).toMatchObject(CONCURRENT);
    await slow;
    expect((await limits()).status).toBe(200);
  });
});
