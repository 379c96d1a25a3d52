import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/**
 * Writes one CloudWatch metric as a log line in the embedded metric format (EMF).
 *
 * Every distinct set of dimensions is billed as a separate metric: use few values.
 */
export type CountMetric = (
  name: string,
  dimensions?: Readonly<Record<string, string>>,
  value?: number,
) => void;

/** One per set of dimensions. Creating one takes longer than verifying a webhook. */
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
