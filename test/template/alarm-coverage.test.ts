import { describe, expect, it } from 'vitest';
import { covered } from '../../docs/alarm-coverage.ts';
import { metricsOf } from './alarm-metrics.ts';
import { emitted, toMetrics } from './emitted.ts';
import { resolvedSet } from './sets.ts';
import { fields, type Json, list } from './template.ts';

const SET = 'everything';
const alarmMetrics = metricsOf(SET);

const propertiesOf = (id: string): Json => resolvedSet(SET).Resources[id]?.Properties ?? {};

/** The lines in which a function reports a failure, and the alarm that must see each of them. */
const reports: readonly (readonly [string, string, (line: Json) => boolean])[] = [
  ['a refused login', 'SalesforceRefusedAlarm', isOpened('login')],
  ['a reached limit', 'SalesforceRefusedAlarm', isOpened('limit')],
  [
    'a failure of class configuration, in a batch or not',
    'SalesforceRefusedAlarm',
    (line) => line['class'] === 'configuration' && 'ApiCallFailed' in line,
  ],
  ['a lost response', 'DeliveryFailedAlarm', isMessage('reply not published')],
  ['a message neither redriven nor parked', 'DeliveryFailedAlarm', (line) => 'DlqFailed' in line],
  ['a parked message', 'DlqActionRequiredAlarm', (line) => 'DlqParked' in line],
  [
    'a message older than 13 days and an hour',
    'DlqActionRequiredAlarm',
    (line) => Number(line['OldestLetterSeconds']) > 1_126_800,
  ],
];

function isMessage(message: string) {
  return (line: Json): boolean => line['message'] === message;
}

function isOpened(reason: string) {
  return (line: Json): boolean => isMessage('breaker opened')(line) && line['reason'] === reason;
}

describe('a failure without an alarm of its own', () => {
  it.each(covered)('is seen by an alarm that reads $metric: $failure', ({ alarms, metric }) => {
    for (const alarm of alarms)
      expect(alarmMetrics).toContainEqual(expect.objectContaining({ id: alarm, name: metric }));
  });

  it.each(reports)('is counted in the metric of its alarm: %s', (_what, alarm, isReport) => {
    const lines = emitted.lines.filter(isReport);
    const [watched] = alarmMetrics.filter(({ id }) => id === alarm);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      const { name, dimensions } = watched ?? {};
      expect(toMetrics(line)).toContainEqual({ name, dimensions });
      expect(Number(line[String(name)])).toBeGreaterThan(0);
    }
  });

  it('is counted nowhere else: an alarm of its metric is raised by nothing but failures', () => {
    const names = ['SalesforceRefused', 'DeliveryFailed', 'DlqActionRequired'];
    const counting = emitted.lines.filter((line) => names.some((name) => name in line));
    expect(counting.filter((line) => !reports.some(([, , is]) => is(line)))).toEqual([]);
  });
});

describe('a run of the reprocessor', () => {
  it('is dropped, and so counted, after three attempts or ten minutes', () => {
    const [config] = Object.values(resolvedSet(SET).Resources).filter(
      ({ Type, Properties }) =>
        Type === 'AWS::Lambda::EventInvokeConfig' &&
        JSON.stringify(Properties['FunctionName']).includes('DlqReprocessorFunction'),
    );
    expect(config?.Properties).toMatchObject({
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 600,
    });
  });

  it('is dropped by the scheduler at the first error', () => {
    const { Target } = propertiesOf('DlqReprocessorSchedule');
    expect(fields(Target)['RetryPolicy']).toEqual({ MaximumRetryAttempts: 0 });
  });
});

describe('the alarm for rejected webhooks', () => {
  const queries = list(propertiesOf('GitHubWebhookRejectedAlarm')['Metrics']).map(fields);
  const expressionOf = (id: string) => queries.find(({ Id }) => Id === id)?.['Expression'];

  it('reads the same ten minutes for signatures and for invocations', () => {
    const periods = queries.flatMap(({ MetricStat }) => fields(MetricStat ?? {})['Period'] ?? []);
    expect(periods.map(Number)).toEqual([600, 600]);
  });

  it('is raised by either threshold alone', () => {
    expect(expressionOf('share')).toBe('MAX([signatures, invocations])');
    expect(expressionOf('signatures')).toBe('IF(rejected >= 3, 100 * rejected / requests / 20, 0)');
    expect(expressionOf('invocations')).toBe('requests / (2 * 2000)');
    expect(Number(propertiesOf('GitHubWebhookRejectedAlarm')['Threshold'])).toBe(1);
  });
});
