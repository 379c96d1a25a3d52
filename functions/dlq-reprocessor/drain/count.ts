import type { CountMetric } from '#common/metrics.ts';
import type { QueueName } from '../names.ts';
import type { Planned } from './plan.ts';
import { tell } from './tell.ts';

const names = { redriven: 'DlqRedriven', waiting: 'DlqWaiting', failed: 'DlqFailed' } as const;

function groupSizes(keys: readonly string[]): [string, number][] {
  return Object.entries(Object.groupBy(keys, (key) => key)).map(([key, group = []]) => [
    key,
    group.length,
  ]);
}

/**
 * One log line per metric and wave, not per letter. What an alarm watches is counted without a dimension too: an alarm
 * does not see a metric over all values of its dimensions.
 */
export function countMoves(count: CountMetric, planned: readonly Planned[]): void {
  const told = planned.map(tell);
  for (const [result, name] of Object.entries(names)) {
    const total = told.filter((one) => one.result === result).length;
    if (total > 0) count(name, {}, total);
  }
  const parked = told.filter(({ result }) => result === 'parked');
  if (parked.length > 0) count('DlqParked', {}, parked.length);
  for (const [reason, total] of groupSizes(parked.map((one) => one.reason))) {
    count('DlqParked', { reason }, total);
  }
}

/**
 * SQS' own ApproximateAgeOfOldestMessage leaves out what was received three times and not deleted (Developer Guide,
 * "Available CloudWatch metrics for Amazon SQS"): letters that wait long are just those.
 */
export function countAge(
  count: CountMetric,
  queue: QueueName,
  oldest: Date | undefined,
  now: Date,
): void {
  if (oldest === undefined) return;
  const seconds = Math.round((now.getTime() - oldest.getTime()) / 1000);
  count('OldestLetterSeconds', { queue }, seconds);
  count('OldestLetterSeconds', {}, seconds);
}
