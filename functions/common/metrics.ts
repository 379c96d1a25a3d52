import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

const metrics = new Metrics();

/**
 * Writes one CloudWatch metric as an embedded-metric-format log line.
 *
 * Every distinct set of dimensions is a metric of its own on the bill: keep them to a handful of values.
 */
export type CountMetric = (
  name: string,
  dimensions?: Record<string, string>,
  value?: number,
) => void;

export const countMetric: CountMetric = (name, dimensions = {}, value = 1) => {
  const single = metrics.singleMetric();
  for (const [key, text] of Object.entries(dimensions)) single.addDimension(key, text);
  single.addMetric(name, MetricUnit.Count, value);
};
