import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { type Inventory, physicalIdOf } from '../../../cli/doctor/inventory.ts';
import { ageQuery } from '../../../cli/readings/ages.ts';
import {
  type Datapoint,
  MINUTE_MS,
  metricQuery,
  readMetrics,
} from '../../../cli/readings/metrics.ts';
import { queueNames } from '../../../cli/readings/queues.ts';
import type { Connected } from '../connection.ts';
import { type Measures, minuteOf, PROVIDERS, type Provider, type Series, Tally } from './tally.ts';

/** What a query's values are added to, and how. */
interface Part {
  readonly query: MetricDataQuery;
  readonly adds: readonly (readonly [series: Series, factor: 1 | -1])[];
}

const SERVICE = 'salesforce-apicall';

/** A webhook is accepted if it is neither refused nor ignored (docs/observability.md, "Metrics"). */
function webhookParts(provider: Provider, stack: Inventory): Part[] {
  const FunctionName = physicalIdOf(stack, `${provider}WebhookFunction`);
  if (FunctionName === undefined) return [];
  const id = provider.toLowerCase();
  const ofUrl = (name: string) => metricQuery(`${id}${name}`, 'AWS/Lambda', name, { FunctionName });
  const ignored = { service: `${id}-webhook`, provider: id };
  const accepted: Series = `accepted ${provider}`;
  const refused = [
    [accepted, -1],
    [`rejected ${provider}`, 1],
  ] as const;
  return [
    { query: ofUrl('UrlRequestCount'), adds: [[accepted, 1]] },
    { query: ofUrl('Url4xxCount'), adds: refused },
    { query: ofUrl('Url5xxCount'), adds: refused },
    {
      query: metricQuery(`${id}Ignored`, stack.name, 'WebhookIgnored', ignored),
      adds: [[accepted, -1]],
    },
  ];
}

/** A metric that has a value for each class of failures. */
const byClass = (Id: string, { name }: Inventory, metric: string): MetricDataQuery => ({
  Id,
  Expression: `SEARCH('{"${name}",service,class} MetricName="${metric}" service="${SERVICE}"', 'Sum', 60)`,
});

const partsOf = (stack: Inventory): Part[] => [
  ...PROVIDERS.flatMap((provider) => webhookParts(provider, stack)),
  {
    query: metricQuery('succeeded', stack.name, 'ApiCallSucceeded', { service: SERVICE }),
    adds: [['succeeded', 1]],
  },
  { query: byClass('failed', stack, 'ApiCallFailed'), adds: [['failed', 1]] },
  { query: byClass('deadLettered', stack, 'ApiCallDeadLettered'), adds: [['deadLettered', 1]] },
];

const usageQuery = ({ name }: Inventory): MetricDataQuery =>
  metricQuery('usage', name, 'SalesforceApiUsagePercent', { service: SERVICE }, 'Maximum');

function toUsage(last: Datapoint | undefined): Pick<Measures, 'apiUsage'> {
  if (last === undefined) return {};
  return { apiUsage: { percent: last.value, at: new Date(last.at).toISOString() } };
}

/**
 * Measures of a stack on AWS, in one reading.
 *
 * @param first the first minute. Rejects with CloudWatch's error.
 */
export async function readAwsMeasures(
  { clients, stack }: Connected,
  first: number,
): Promise<Measures> {
  const parts = partsOf(stack);
  const others = [...queueNames.map((queue) => ageQuery(queue, stack)), usageQuery(stack)];
  const queries = [...parts.map(({ query }) => query), ...others];
  const { values, costUsd } = await readMetrics(clients.cloudWatch, queries, first * MINUTE_MS);
  const tally = new Tally();
  for (const { query, adds } of parts)
    for (const { at, value } of values.get(query.Id ?? '') ?? [])
      for (const [series, factor] of adds) tally.add(minuteOf(at), series, factor * value);
  return { tally, ages: values, costUsd, ...toUsage(values.get('usage')?.at(-1)) };
}
