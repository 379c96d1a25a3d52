import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { type Inventory, physicalIdOf } from '../../../cli/doctor/inventory.ts';
import type { QueueName } from '../../api.ts';
import type { Connected } from '../connection.ts';
import { type Datapoint, MINUTE_MS, metricQuery, readMetrics } from './metrics.ts';
import { type Measures, minuteOf, PROVIDERS, type Provider, type Series, Tally } from './tally.ts';

/** What a query's values are added to, and how. */
interface Part {
  readonly query: MetricDataQuery;
  readonly adds: readonly (readonly [series: Series, factor: 1 | -1])[];
}

const SERVICE = 'salesforce-apicall';
export const QUEUES: readonly QueueName[] = ['ApiCallQueue', 'ApiCallDlq', 'RuleDlq', 'SpillQueue'];

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

const ageQuery = (queue: QueueName, stack: Inventory): MetricDataQuery => {
  const QueueName = physicalIdOf(stack, queue)?.split('/').at(-1) ?? '';
  const metric = 'ApproximateAgeOfOldestMessage';
  return metricQuery(`age${queue}`, 'AWS/SQS', metric, { QueueName }, 'Maximum');
};

const usageQuery = ({ name }: Inventory): MetricDataQuery =>
  metricQuery('usage', name, 'SalesforceApiUsagePercent', { service: SERVICE }, 'Maximum');

/** SQS' figures are a few minutes late; an older one is of messages that have gone since. */
const AGE_COUNTS_MS = 10 * MINUTE_MS;

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
  const others = [...QUEUES.map((queue) => ageQuery(queue, stack)), usageQuery(stack)];
  const queries = [...parts.map(({ query }) => query), ...others];
  const { values, costUsd } = await readMetrics(clients.cloudWatch, queries, first * MINUTE_MS);
  const tally = new Tally();
  for (const { query, adds } of parts)
    for (const { at, value } of values.get(query.Id ?? '') ?? [])
      for (const [series, factor] of adds) tally.add(minuteOf(at), series, factor * value);
  const oldestAges = QUEUES.flatMap((queue): [QueueName, number][] => {
    const last = values.get(`age${queue}`)?.at(-1);
    return last && last.at > Date.now() - AGE_COUNTS_MS ? [[queue, last.value]] : [];
  });
  const apiUsage = toUsage(values.get('usage')?.at(-1));
  return { tally, oldestAges: new Map(oldestAges), costUsd, ...apiUsage };
}
