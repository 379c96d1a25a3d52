import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../local/stack/paths.ts';
import { fields, list, ofType, resource } from './template.ts';

const alarms = ofType('AWS::CloudWatch::Alarm');
const OWN = { Ref: 'AWS::StackName' };

/** What CloudWatch makes of the log lines that a script writes in a function's environment. */
function emittedBy(script: string, functionId: string): unknown[] {
  const environment = fields(resource(functionId).Properties['Environment']);
  const service = String(fields(environment['Variables'])['POWERTOOLS_SERVICE_NAME']);
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: join(root),
    encoding: 'utf8',
    env: { POWERTOOLS_SERVICE_NAME: service, POWERTOOLS_METRICS_NAMESPACE: 'stack' },
  });
  return output.trim().split('\n').map(toMetric);
}

/** A webhook function's secret or its bus fails it. */
const emitted = (provider: string): unknown[] =>
  emittedBy(
    `
    import { createWebhookReport } from './functions/common/webhook-report.ts';
    import { countMetric } from './functions/common/metrics.ts';
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const report = createWebhookReport({ provider: '${provider.toLowerCase()}', log, count: countMetric });
    report.secretUnusable('arn', new Error());
    report.notPublished(new Error());`,
    `${provider}WebhookFunction`,
  );

/** The reprocessor sees a letter and parks it. */
const emittedByReprocessor = (): unknown[] =>
  emittedBy(
    `
    import { countAge, countMoves } from './functions/dlq-reprocessor/drain/count.ts';
    import { countMetric } from './functions/common/metrics.ts';
    const now = new Date();
    const verdict = { kind: 'park', reason: 'PERMANENT', why: '' };
    countMoves(countMetric, [{ letter: { sentAt: now }, verdict }]);
    countAge(countMetric, 'rule', now, now);`,
    'DlqReprocessorFunction',
  );

function toMetric(line: string) {
  const { _aws, ...values } = JSON.parse(line);
  const { Dimensions, Metrics, Namespace } = _aws.CloudWatchMetrics[0];
  const dimensions = Dimensions[0].map((Name: string) => ({ Name, Value: values[Name] }));
  return { Namespace, MetricName: Metrics[0].Name, Dimensions: dimensions };
}

describe('alarms', () => {
  it.each(alarms)('%s tells somebody, if there is somebody to tell', (_id, { Properties }) => {
    const actions = {
      'Fn::If': ['HasAlarmTopic', [{ Ref: 'AlarmTopicArn' }], { Ref: 'AWS::NoValue' }],
    };
    expect(Properties['AlarmActions']).toEqual(actions);
    expect(Properties['TreatMissingData']).toBe('notBreaching');
  });

  it.each(['GitHub', 'Twilio'])('of %s watch the metrics that its function writes', (provider) => {
    const own = alarms.filter(
      ([id, { Properties }]) =>
        id.startsWith(provider) && JSON.stringify(Properties['Namespace']) === JSON.stringify(OWN),
    );
    const watched = own.map(([, { Properties }]) => ({
      Namespace: 'stack',
      MetricName: Properties['MetricName'],
      Dimensions: list(Properties['Dimensions']),
    }));
    expect(watched).toEqual(emitted(provider));
  });

  it('of the API watch metrics that functions/salesforce-apicall writes, under its service', () => {
    const own = alarms.filter(([id]) => /^(SalesforceApiUsage|Breaker)/.test(id));
    const service = fields(
      fields(resource('SalesforceApiCallFunction').Properties['Environment'])['Variables'],
    )['POWERTOOLS_SERVICE_NAME'];
    const watched = own.map(([, { Properties }]) => [
      Properties['MetricName'],
      ...list(Properties['Dimensions']).map((dimension) => fields(dimension)['Value']),
    ]);
    expect(watched).toEqual([
      ['SalesforceApiUsagePercent', service],
      ['BreakerOpened', service, 'limit'],
      ['BreakerOpened', service, 'login'],
    ]);
  });

  it('of dead letters watch metrics that functions/dlq-reprocessor writes', () => {
    const written = emittedByReprocessor();
    for (const id of ['ParkedAlarm', 'ExpiringLettersAlarm']) {
      const { Namespace, MetricName, Dimensions } = resource(id).Properties;
      expect(Namespace).toEqual(OWN);
      expect(written).toContainEqual({ Namespace: 'stack', MetricName, Dimensions });
    }
  });

  it('count metrics of this stack only', () => {
    for (const [, { Properties }] of ofType('AWS::Lambda::Function')) {
      const variables = fields(fields(Properties['Environment'])['Variables']);
      expect(variables['POWERTOOLS_METRICS_NAMESPACE']).toEqual(OWN);
    }
  });
});
