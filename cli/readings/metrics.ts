import {
  type CloudWatchClient,
  type Dimension,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';

/** "GetMetricData: $0.01 per 1,000 metrics requested" (Amazon CloudWatch Pricing). */
const USD_PER_METRIC = 0.01 / 1_000;

export const MINUTE_MS = 60_000;

/** One value of a metric. */
export interface Datapoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly value: number;
}

export interface MetricValues {
  /** Id of the query → its values, oldest first. A SEARCH has those of every metric that it finds. */
  readonly values: ReadonlyMap<string, readonly Datapoint[]>;
  readonly costUsd: number;
}

/** A query of a metric's values for each minute. */
export const metricQuery = (
  Id: string,
  Namespace: string,
  MetricName: string,
  dimensions: Readonly<Record<string, string>>,
  Stat: 'Sum' | 'Maximum' = 'Sum',
): MetricDataQuery => {
  const Dimensions = Object.entries(dimensions).map(
    ([Name, Value]): Dimension => ({ Name, Value }),
  );
  return { Id, MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: 60, Stat } };
};

const toDatapoints = ({ Timestamps = [], Values = [] }: MetricDataResult): Datapoint[] =>
  Timestamps.map((at, index) => ({ at: at.getTime(), value: Values[index] ?? 0 }));

/** Reads the values of at most a day. Rejects with CloudWatch's error. */
export async function readMetrics(
  client: CloudWatchClient,
  MetricDataQueries: MetricDataQuery[],
  since: number,
): Promise<MetricValues> {
  const range = {
    StartTime: new Date(since),
    EndTime: new Date(),
    ScanBy: 'TimestampAscending',
  } as const;
  const results: MetricDataResult[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new GetMetricDataCommand({ ...range, MetricDataQueries, NextToken }),
    );
    results.push(...(page.MetricDataResults ?? []));
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  const values = Map.groupBy(results, ({ Id = '' }) => Id);
  return {
    values: new Map([...values].map(([id, found]) => [id, found.flatMap(toDatapoints)])),
    costUsd: Math.max(results.length, MetricDataQueries.length) * USD_PER_METRIC,
  };
}
