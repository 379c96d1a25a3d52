import { describe, expect, it } from 'vitest';
import { metricsOf } from './alarm-metrics.ts';
import { emitted } from './emitted.ts';
import { idIn, parameterSets, resolvedSet, resourcesOf, setNames } from './sets.ts';
import { fields, list, ofType, resource } from './template.ts';

const OWN = 'stack';

/** The alarm that every event of its rule raises, so that a lost one raises it too. */
const CONNECTION_STATE = 'ConnectionStateAlarm TriggeredRules';

/** Namespaces of AWS and their metrics' dimensions (CloudWatch metrics pages of the services' guides). */
const awsMetrics: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'AWS/Events': {
    InvocationsFailedToBeSentToDlq: ['EventBusName', 'RuleName'],
    TriggeredRules: ['EventBusName', 'RuleName'],
  },
  'AWS/Lambda': {
    AsyncEventsDropped: ['FunctionName'],
    Errors: ['FunctionName'],
    Invocations: ['FunctionName'],
    Throttles: ['FunctionName'],
    Url5xxCount: ['FunctionName'],
  },
  'AWS/SQS': {
    ApproximateAgeOfOldestMessage: ['QueueName'],
    ApproximateNumberOfMessagesVisible: ['QueueName'],
  },
  'AWS/Scheduler': {
    InvocationDroppedCount: ['ScheduleGroup'],
  },
};

describe.each(setNames)('the alarms of %s', (set) => {
  const alarms = resourcesOf(set, 'AWS::CloudWatch::Alarm');

  it('notify the topic, if there is one, and treat missing data as not breaching', () => {
    const topic = parameterSets[set]?.['AlarmTopicArn'];
    const actions = topic === undefined ? undefined : [topic];
    for (const [id, { Properties }] of alarms) {
      expect([id, Properties['AlarmActions']]).toEqual([id, actions]);
      expect([id, Properties['TreatMissingData']]).toEqual([id, 'notBreaching']);
      if ('OKActions' in Properties) expect(Properties['OKActions']).toEqual(actions);
    }
  });

  it('watch metrics that the functions emit, with the same dimensions', () => {
    const own = metricsOf(set).filter(({ namespace }) => namespace === OWN);
    for (const { id, name, dimensions } of own)
      expect([id, emitted.metrics]).toEqual([id, expect.arrayContaining([{ name, dimensions }])]);
  });

  it('watch metrics that AWS services publish, with their dimensions', () => {
    for (const { id, namespace, name, dimensions } of metricsOf(set)) {
      if (namespace === OWN) continue;
      const known = awsMetrics[namespace]?.[name] ?? [];
      expect([id, Object.keys(dimensions).filter((one) => !known.includes(one))]).toEqual([id, []]);
      expect(Object.keys(dimensions).length).toBeGreaterThan(0);
    }
  });

  it('are all part of the composite alarm, which exists if it is wanted', () => {
    const composite = resolvedSet(set).Resources['StackAlarm'];
    expect(composite !== undefined).toBe(parameterSets[set]?.['CreateStackAlarm'] === 'true');
    if (composite === undefined) return;
    const rule = String(composite.Properties['AlarmRule']);
    const named = [...rule.matchAll(/ALARM\("\$\{(\w+)\}"\)/g)].map(([, id]) => id);
    expect(named.sort()).toEqual(alarms.map(([id]) => id).sort());
    expect(rule).toMatch(/^(ALARM\("\$\{\w+\}"\)|FALSE)( OR (ALARM\("\$\{\w+\}"\)|FALSE))*$/);
  });

  it('watch every rule for events that reach neither its target nor its dead-letter queue', () => {
    const seen = metricsOf(set)
      .filter(({ namespace }) => namespace === 'AWS/Events')
      .map(({ dimensions }) => dimensions);
    const rules = resourcesOf(set, 'AWS::Events::Rule').map(([, { Properties }]) => {
      const { EventBusName, Name } = Properties;
      const isDefault = EventBusName === undefined || EventBusName === 'default';
      return isDefault ? { RuleName: Name } : { EventBusName, RuleName: Name };
    });
    expect(seen).toEqual(expect.arrayContaining(rules));
    expect(seen).toHaveLength(rules.length);
  });

  it('are raised by every event of a rule that they do not watch for lost ones', () => {
    const watched = metricsOf(set).filter(({ namespace }) => namespace === 'AWS/Events');
    const others = watched.filter(({ name }) => name !== 'InvocationsFailedToBeSentToDlq');
    expect(others.filter(({ id, name }) => `${id} ${name}` !== CONNECTION_STATE)).toEqual([]);
  });

  it.each(['AWS::SQS::Queue', 'AWS::Lambda::Function'])('watch every %s', (type) => {
    const names = metricsOf(set).flatMap(({ dimensions }) => Object.values(dimensions).map(idIn));
    const unwatched = resourcesOf(set, type).filter(([id]) => !names.includes(id));
    expect(unwatched.map(([id]) => id)).toEqual([]);
  });
});

describe('alarms with parameters and expressions', () => {
  it.each([['SalesforceApiUsageAlarm', 'ApiUsageThreshold']])(
    'set the threshold of %s to %s',
    (alarm, parameter) =>
      expect(resource(alarm).Properties['Threshold']).toEqual({ Ref: parameter }),
  );

  it.each([
    ['GitHubWebhookRejectedAlarm', 'RejectedSignaturePercent'],
    ['TwilioWebhookRejectedAlarm', 'RejectedSignaturePercent'],
    ['GitHubWebhookRejectedAlarm', 'LambdaInvocationThreshold'],
    ['TwilioWebhookRejectedAlarm', 'LambdaInvocationThreshold'],
  ])('measure %s by %s', (alarm, parameter) =>
    expect(JSON.stringify(resource(alarm).Properties['Metrics'])).toContain(`\${${parameter}}`),
  );

  it('keep an expression within the ten metrics that CloudWatch allows', () => {
    for (const [, { Properties }] of ofType('AWS::CloudWatch::Alarm'))
      expect(list(Properties['Metrics']).length).toBeLessThanOrEqual(11);
  });
});

it('metrics are in a namespace named after the stack', () => {
  for (const [, { Properties }] of ofType('AWS::Lambda::Function')) {
    const variables = fields(fields(Properties['Environment'])['Variables']);
    expect(variables['POWERTOOLS_METRICS_NAMESPACE']).toEqual({ Ref: 'AWS::StackName' });
  }
});
