import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { summariesOf } from '../../../cli/events/list.ts';
import { lateMs } from '../../../cli/events/logs.ts';
import { RecentLines } from '../../../cli/events/recent-lines.ts';
import type { EventStack } from '../../../cli/events/stack.ts';
import { mappedWebhook, unparkedRequest } from './lines.ts';

const stack: EventStack = {
  name: 'stack',
  isLocal: true,
  logGroups: [{ logicalId: 'GitHubWebhookFunction', name: '/aws/lambda/github' }],
  physicalIds: {},
};
const LATE_MS = lateMs(stack);
const START = Date.UTC(2026, 10, 28);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A log to which lines are written, by their times, and what reads it. */
function createLog() {
  const logs = new CloudWatchLogsClient({ region: 'us-east-1' });
  const times: number[] = [];
  const failures: Error[] = [];
  let returned = 0;
  const answer = async (input: FilterLogEventsCommandInput) => {
    const failure = failures.pop();
    if (failure) throw failure;
    const { startTime = 0, endTime = 0, limit = 0 } = input;
    const found = [...times.entries()].filter(([, at]) => at >= startTime && at <= endTime);
    const events = found.slice(0, limit).map(([n, timestamp]) => ({
      eventId: String(n),
      timestamp,
      message: JSON.stringify({ message: 'webhook accepted', n }),
    }));
    returned += events.length;
    return { events, ...(found.length > limit && { nextToken: 'more' }) };
  };
  mockClient(logs).on(FilterLogEventsCommand).callsFake(answer);
  const lines = new RecentLines({ logs });
  const read = async (since: number, until = Date.now(), limit = 1_000) => {
    const before = returned;
    const range = { since: new Date(since), until: new Date(until), limit };
    const { lines: found, isComplete } = await lines.read(stack, range);
    const ids = found.map(({ line }) => Number(line.fields['n'])).sort((a, b) => a - b);
    return { ids, isComplete, returned: returned - before };
  };
  /** Numbers of the lines of a range. */
  const written = (since: number, until = Date.now()): number[] =>
    [...times.entries()].flatMap(([n, at]) => (at >= since && at <= until ? [n] : []));
  return { failures, read, times, written };
}

describe('RecentLines', () => {
  it('always has what a reading of the whole range would find, as long as no line is later than foreseen', async () => {
    const step = fc.record({
      passes: fc.integer({ min: 0, max: 400_000 }),
      lines: fc.array(fc.integer({ min: 0, max: LATE_MS - 1 }), { maxLength: 4 }),
      since: fc.integer({ min: 0, max: 900_000 }),
      until: fc.oneof(
        { weight: 3, arbitrary: fc.constant(0) },
        fc.integer({ min: 0, max: 900_000 }),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        vi.setSystemTime(START);
        const { read, times, written } = createLog();
        for (const { passes, lines, since, until } of steps) {
          vi.setSystemTime(Date.now() + passes);
          const now = Date.now();
          times.push(...lines.map((late) => now - late));
          const [from, to] = [now - Math.max(since, until), now - until];
          expect((await read(from, to)).ids).toEqual(written(from, to));
        }
      }),
    );
  });

  it('asks again only for what can be new', async () => {
    const { read, times } = createLog();
    for (let ago = 100; ago > 0; ago -= 1) times.push(START - ago * 1_000);
    expect((await read(START - 60_000)).returned).toBe(60);
    expect((await read(START - 90_000)).returned).toBeLessThanOrEqual(36);
    vi.setSystemTime(START + 3_000);
    times.push(START + 1_000, START + 2_000);
    const { ids, returned } = await read(START - 60_000);
    expect(ids).toHaveLength(62);
    expect(returned).toBeLessThanOrEqual(2 + LATE_MS / 1_000 + 1);
  });

  it('finds a line that is later than foreseen after five minutes', async () => {
    const { read, times } = createLog();
    times.push(START - 60_000, START);
    await read(START - 120_000);
    times.push(START - 60_000);
    expect((await read(START - 120_000)).ids).toEqual([0, 1]);
    vi.setSystemTime(START + 5 * 60_000);
    expect((await read(START - 120_000)).ids).toEqual([0, 1, 2]);
  });

  it('keeps nothing of a reading that a bound has ended', async () => {
    const { read, times } = createLog();
    for (let ago = 20; ago > 0; ago -= 1) times.push(START - ago * 1_000);
    expect(await read(START - 60_000, START, 10)).toMatchObject({ isComplete: false });
    expect((await read(START - 60_000)).ids).toHaveLength(20);
  });

  it('goes on after an error', async () => {
    const { failures, read, times } = createLog();
    times.push(START - 1_000);
    failures.push(new Error('throttled'));
    await expect(read(START - 60_000)).rejects.toThrow('throttled');
    expect((await read(START - 60_000)).ids).toEqual([0]);
  });
});

describe('summaries of lines that are read again and again', () => {
  it('are those of the lines there are now', () => {
    const all = [...mappedWebhook('a'), ...unparkedRequest('b')];
    fc.assert(
      fc.property(fc.array(fc.shuffledSubarray(all)), (readings) => {
        for (const lines of readings)
          expect(summariesOf(lines)).toEqual(summariesOf(structuredClone(lines)));
      }),
    );
  });
});
