import type { AwsClients } from '../../aws.ts';
import { formatAge, plural } from '../../format.ts';
import { ageQuery, withAge } from '../../readings/ages.ts';
import { readMetrics } from '../../readings/metrics.ts';
import { type QueueDepth, queueNames, readDepth, totalOf } from '../../readings/queues.ts';
import { type Finding, failed, ok, warning } from '../finding.ts';
import type { DoctorOptions, Inventory } from '../inventory.ts';

/** The dead-letter queues, with their names for `npm run dlq`. */
const deadLetterQueues: Readonly<Record<string, string>> = {
  ApiCallDlq: 'apicall',
  RuleDlq: 'rule',
  SpillQueue: 'spill',
};

/** Requests are normally called within seconds; longer means that something holds them up. */
const LATE_SECONDS = 3_600;

/** Three days before the first messages expire (the queues' retention in template.yaml is 14 days). */
const EXPIRING_SECONDS = 11 * 86_400;

/** As much as is read to find the newest age. */
const AGE_WINDOW_MS = 15 * 60_000;

async function readBacklogs(
  inventory: Inventory,
  clients: AwsClients,
  { local }: DoctorOptions,
): Promise<QueueDepth[]> {
  const queries = queueNames.map((name) => ageQuery(name, inventory));
  const since = Date.now() - AGE_WINDOW_MS;
  const { values } = local
    ? { values: undefined }
    : await readMetrics(clients.cloudWatch, queries, since);
  const depths = queueNames.map((name) => readDepth(inventory, clients, name));
  return (await Promise.all(depths)).map((depth) => withAge(depth, values));
}

function findingOf(depth: QueueDepth): Finding {
  const { name, oldestAgeSeconds: age = 0 } = depth;
  const count = totalOf(depth);
  const what = `messages in ${name}`;
  if (count === 0) return ok(what, 'none');
  const now = new Date();
  const oldest =
    age > 0 ? `, the oldest ${formatAge(new Date(now.getTime() - age * 1_000), now)} old` : '';
  const detail = `${plural(count, 'message')}${oldest}`;
  const queue = deadLetterQueues[name];
  const remedy =
    queue === undefined
      ? 'See what holds them up: the poller, the circuit breaker and the concurrency in this report.'
      : `See what the reprocessor will do with them: npm run dlq -- preview --queue ${queue}`;
  if (age >= EXPIRING_SECONDS) return failed(what, `${detail}: they expire after 14 days`, remedy);
  return queue !== undefined || age >= LATE_SECONDS
    ? warning(what, detail, remedy)
    : ok(what, detail);
}

/** Counts what waits for Salesforce and what has failed, and how long it has waited. No message is received. */
export async function checkBacklog(
  inventory: Inventory,
  clients: AwsClients,
  options: DoctorOptions,
): Promise<Finding[]> {
  return (await readBacklogs(inventory, clients, options)).map(findingOf);
}
