import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { type Inventory, physicalIdOf } from '../doctor/inventory.ts';
import { type MetricValues, MINUTE_MS, metricQuery } from './metrics.ts';
import type { QueueDepth, QueueName } from './queues.ts';

const idOf = (queue: QueueName): string => `age${queue}`;

/** The query of how long a queue's oldest message has waited, in seconds. */
export const ageQuery = (queue: QueueName, inventory: Inventory): MetricDataQuery => {
  const QueueName = physicalIdOf(inventory, queue)?.split('/').at(-1) ?? '';
  const metric = 'ApproximateAgeOfOldestMessage';
  return metricQuery(idOf(queue), 'AWS/SQS', metric, { QueueName }, 'Maximum');
};

/** SQS' figures are a few minutes late; an older one is of messages that have gone since. */
const AGE_COUNTS_MS = 10 * MINUTE_MS;

/** Adds the age that `ageQuery` has found; none to an empty queue: CloudWatch keeps that of its last message for minutes. */
export function withAge(depth: QueueDepth, values?: MetricValues['values']): QueueDepth {
  const last = values?.get(idOf(depth.name))?.at(-1);
  const isOld = last === undefined || last.at < Date.now() - AGE_COUNTS_MS;
  return isOld || depth.visible + depth.hidden === 0
    ? depth
    : { ...depth, oldestAgeSeconds: last.value };
}
