import { resourcesOf } from './sets.ts';
import { fields, type Json, list } from './template.ts';

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
    list(Dimensions ?? []).map((one) => [
      String(fields(one)['Name']),
      String(fields(one)['Value']),
    ]),
  );

/** The metrics that the alarms of a parameter set read, each with the alarm's logical id. */
export const metricsOf = (set: string) =>
  resourcesOf(set, 'AWS::CloudWatch::Alarm').flatMap(([id, { Properties }]) =>
    watched(Properties).map((metric) => ({
      id,
      namespace: String(metric['Namespace']),
      name: String(metric['MetricName']),
      dimensions: dimensionsOf(metric),
    })),
  );
