import { describe, expect, it } from 'vitest';
import { emitted } from './emitted.ts';
import { idIn, parameterSets, resolvedSet, resourcesOf, setNames } from './sets.ts';
import { fields, type Json, list, ofType, resource } from './template.ts';

const OWN = 'stack';

/** The metrics of an alarm: its own metric, or those of its expression. */
const watched = (properties: Json): Json[] =>
  'Metrics' in properties
    ? list(properties['Metrics']).flatMap((query) =>
        'MetricStat' in fields(query)
          ? [fields(fields(fields(query)['MetricStat'])['Metric'])]
          : [],
      )
    : [properties];

const dimensionsOf = ({ Dimensions }: Json): Record<string, string> =>
  Object.fromEntries(
    list(Dimensions).map((one) => [String(fields(one)['Name']), String(fields(one)['Value'])]),
  );

/** Namespaces of AWS and their metrics' dimensions (CloudWatch metrics pages of the services' guides). */
const awsMetrics: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'AWS/Events': {
    InvocationsFailedToBeSentToDlq: ['EventBusName', 'RuleName'],
    TriggeredRules: ['EventBusName', 'RuleName'],
  },
  'AWS/Lambda': {
    AsyncEventsDropped: ['FunctionName'],
    DestinationDeliveryFailures: ['FunctionName'],
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
    TargetErrorCount: ['ScheduleGroup'],
  },
};

const metricsOf = (set: string) =>
  resourcesOf(set, 'AWS::CloudWatch::Alarm').flatMap(([id, { Properties }]) =>
    watched(Properties).map((metric) => ({
      id,
      namespace: String(metric['Namespace']),
      name: String(metric['MetricName']),
      dimensions: dimensionsOf(metric),
    })),
  );

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

  it('are all part of the composite alarm', () => {
    const rule = String(resolvedSet(set).Resources['StackAlarm']?.Properties['AlarmRule']);
    const named = [...rule.matchAll(/ALARM\("\$\{(\w+)\}"\)/g)].map(([, id]) => id);
    expect(named.sort()).toEqual(alarms.map(([id]) => id).sort());
    expect(rule).toMatch(/^(ALARM\("\$\{\w+\}"\)|FALSE)( OR (ALARM\("\$\{\w+\}"\)|FALSE))*$/);
  });

  it('watch every rule for events that reach neither its target nor its dead-letter queue', () => {
    const seen = metricsOf(set)
      .filter(({ name }) => name === 'InvocationsFailedToBeSentToDlq')
      .map(({ dimensions }) => dimensions);
    const rules = resourcesOf(set, 'AWS::Events::Rule').map(([, { Properties }]) => {
      const { EventBusName, Name } = Properties;
      const isDefault = EventBusName === undefined || EventBusName === 'default';
      return isDefault ? { RuleName: Name } : { EventBusName, RuleName: Name };
    });
    expect(seen).toEqual(expect.arrayContaining(rules));
    expect(seen).toHaveLength(rules.length);
  });

  it.each(['AWS::SQS::Queue', 'AWS::Lambda::Function'])('watch every %s', (type) => {
    const names = metricsOf(set).flatMap(({ dimensions }) => Object.values(dimensions).map(idIn));
    const unwatched = resourcesOf(set, type).filter(([id]) => !names.includes(id));
    expect(unwatched.map(([id]) => id)).toEqual([]);
  });
});

describe('alarms with parameters and expressions', () => {
  it.each([
    ['SalesforceApiUsageAlarm', 'ApiUsageThreshold'],
    ['GitHubWebhookRejectedAlarm', 'RejectedSignaturePercent'],
    ['TwilioWebhookRejectedAlarm', 'RejectedSignaturePercent'],
    ['GitHubWebhookInvocationsAlarm', 'LambdaInvocationThreshold'],
  ])('set the threshold of %s to %s', (alarm, parameter) =>
    expect(resource(alarm).Properties['Threshold']).toEqual({ Ref: parameter }),
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
