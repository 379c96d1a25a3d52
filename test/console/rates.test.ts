import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, it } from 'vitest';
import type { Flow, Rates } from '../../console/api.ts';
import { MINUTE, scene, thisMinute, useThisMinute } from './flow-scene.ts';
import { startConsole } from './harness.ts';

useThisMinute();

const asFlow = (body: unknown): Flow => Object(body);
const asRates = (body: unknown): Rates => Object(body);

describe('GET rates', () => {
  it("are CloudWatch's, with what they cost", async () => {
    const { clients, cloudWatch } = scene();
    const { get } = await startConsole({ clients });
    const rates = asRates((await get('rates?minutes=3')).body);
    expect(rates).toMatchObject({
      minutes: [-2, -1, 0].map((minute) => (thisMinute + minute * MINUTE) / 1_000),
      // Requests without those that were refused or ignored; never below zero.
      accepted: [0, 4, 0],
      rejected: [0, 4, 0],
      succeeded: [0, 4, 4],
      failed: [0, 0, 5],
      deadLettered: [0, 0, 0],
    });
    const [call] = cloudWatch.commandCalls(GetMetricDataCommand);
    const { MetricDataQueries = [], StartTime } = call?.args[0].input ?? {};
    expect(StartTime).toEqual(new Date(thisMinute - 2 * MINUTE));
    expect(MetricDataQueries).toHaveLength(12);
    expect(rates.costUsd).toBeCloseTo(12 * 0.00001);
  });

  it.each(['0', '1441', 'x', '-1', '1.5', ''])('refuse %j minutes', async (minutes) => {
    const { clients } = scene();
    const { get } = await startConsole({ clients });
    expect(await get(`rates?minutes=${minutes}`)).toMatchObject({
      status: 400,
      body: { kind: 'invalid', message: expect.stringContaining('minutes') },
    });
  });

  it('are counted from the log lines of the local stack, minutes that are over once', async () => {
    const { clients, logs, cloudWatch } = scene();
    const line = (minute: number, fields: object) => {
      const timestamp = thisMinute + minute * MINUTE;
      const at = new Date(timestamp).toISOString();
      return { timestamp, message: JSON.stringify({ timestamp: at, ...fields }) };
    };
    logs.on(FilterLogEventsCommand).callsFake(async ({ logGroupName, startTime = 0 }) => {
      const webhooks = [
        line(-30, { message: 'webhook accepted' }),
        line(0, { message: 'webhook accepted' }),
        line(0, { message: 'webhook ignored' }),
        line(0, { message: 'webhook rejected' }),
        { timestamp: thisMinute, message: 'START' },
        // The engine logs some lines with a later invocation.
        { ...line(-20, { message: 'webhook accepted' }), timestamp: thisMinute },
      ];
      const batches = [
        line(0, {
          message: 'batch processed',
          ApiCallSucceeded: 7,
          ApiCallFailed: 2,
          SalesforceApiUsagePercent: 3,
        }),
      ];
      const events = logGroupName?.endsWith('apicall') ? batches : webhooks;
      return { events: events.filter(({ timestamp }) => timestamp >= startTime) };
    });
    const { get } = await startConsole({ clients, isLocal: true });
    const first = asRates((await get('rates?minutes=60')).body);
    const now = (counts: readonly number[]) => counts.at(-1);
    expect(first.accepted.reduce((sum, one) => sum + one)).toBe(3);
    expect([first.rejected, first.succeeded, first.failed, first.deadLettered].map(now)).toEqual([
      1, 7, 2, 0,
    ]);
    expect(first.costUsd).toBe(0);
    const second = asRates((await get('rates?minutes=45')).body);
    expect(second.accepted.reduce((sum, one) => sum + one)).toBe(3);
    const { apiUsage } = asFlow((await get('flow')).body);
    expect(apiUsage?.percent).toBe(3);
    expect(cloudWatch.calls()).toHaveLength(0);
    const starts = logs
      .commandCalls(FilterLogEventsCommand)
      .map(({ args }) => args[0].input.startTime ?? 0);
    expect(Math.min(...starts.slice(2))).toBeGreaterThanOrEqual(thisMinute - MINUTE);
  });
});
