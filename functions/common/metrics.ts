import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/**
 * Writes one CloudWatch metric as an embedded-metric-format log line.
 *
 * Every distinct set of dimensions is a metric of its own on the bill: keep them to a handful of values.
 */
export type CountMetric = (
  name: string,
  dimensions?: Readonly<Record<string, string>>,
  value?: number,
) => void;

/** Made once for each set of dimensions: making one costs more than a webhook's verification. */
const writers = new Map<string, Metrics>();

function writerFor(dimensions: Readonly<Record<string, string>>): Metrics {
  const key = JSON.stringify(dimensions);
  const writer = writers.get(key) ?? new Metrics({ defaultDimensions: { ...dimensions } });
  writers.set(key, writer);
  return writer;
}

export const countMetric: CountMetric = (name, dimensions = {}, value = 1) => {
  const writer = writerFor(dimensions);
  writer.addMetric(name, MetricUnit.Count, value);
  writer.publishStoredMetrics();
};
