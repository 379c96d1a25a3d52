import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { AwsClients } from '../../aws.ts';
import { formatAge, plural } from '../../format.ts';
import { countMessages } from '../../pause.ts';
import { type Finding, failed, ok, warning } from '../finding.ts';
import { type DoctorOptions, type Inventory, resourcesOfType } from '../inventory.ts';

/** The dead-letter queues, with their names for `npm run dlq`. */
const deadLetterQueues: Readonly<Record<string, string>> = {
  ApiCallDlq: 'apicall',
  RuleDlq: 'rule',
  SpillQueue: 'spill',
};

const REQUESTS = 'ApiCallQueue';

/** Requests are normally called within seconds; longer means that something holds them up. */
const LATE_SECONDS = 3_600;

/** Three days before the first messages expire (the queues' retention in template.yaml is 14 days). */
const EXPIRING_SECONDS = 11 * 86_400;

/** SQS reports the age every minute, late by a few; CloudWatch's own period for queues ("Available CloudWatch metrics for Amazon SQS"). */
const AGE_WINDOW_MS = 15 * 60_000;
const AGE_PERIOD_SECONDS = 300;

interface Backlog {
  readonly logicalId: string;
  readonly count: number;
  /** Seconds; undefined where CloudWatch has no figure, as for the local stack. */
  readonly age: number | undefined;
}

/** The age of the oldest message by queue name. One request, of a metric for each queue ($0.01 for 1,000 metrics, "Amazon CloudWatch pricing"). */
async function readAges(
  names: readonly string[],
  { cloudWatch }: AwsClients,
): Promise<ReadonlyMap<string, number>> {
  const EndTime = new Date();
  const { MetricDataResults = [] } = await cloudWatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(EndTime.getTime() - AGE_WINDOW_MS),
      EndTime,
      MetricDataQueries: names.map((name, index) => ({
        Id: `age${index}`,
        MetricStat: {
          Metric: {
            Namespace: 'AWS/SQS',
            MetricName: 'ApproximateAgeOfOldestMessage',
            Dimensions: [{ Name: 'QueueName', Value: name }],
          },
          Period: AGE_PERIOD_SECONDS,
          Stat: 'Maximum',
        },
      })),
    }),
  );
  // The newest value is the first.
  return new Map(
    MetricDataResults.flatMap(({ Id = '', Values: [newest] = [] }) => {
      const name = names[Number(Id.slice('age'.length))];
      return name === undefined || newest === undefined ? [] : [[name, newest] as const];
    }),
  );
}

const queueName = (url: string): string => url.split('/').at(-1) ?? '';

async function readBacklogs(
  inventory: Inventory,
  clients: AwsClients,
  { local }: DoctorOptions,
): Promise<Backlog[]> {
  const queues = resourcesOfType(inventory, 'AWS::SQS::Queue');
  const names = queues.map(({ physicalId }) => queueName(physicalId));
  const ages = local ? new Map<string, number>() : await readAges(names, clients);
  return Promise.all(
    queues.map(async ({ logicalId, physicalId: QueueUrl }) => {
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
      const { Attributes = {} } = await clients.sqs.send(command);
      const count = countMessages(Attributes);
      return { logicalId, count, age: count === 0 ? undefined : ages.get(queueName(QueueUrl)) };
    }),
  );
}

function findingOf({ age = 0, count, logicalId }: Backlog): Finding {
  const what = `messages in ${logicalId}`;
  if (count === 0) return ok(what, 'none');
  const now = new Date();
  const oldest =
    age > 0 ? `, the oldest ${formatAge(new Date(now.getTime() - age * 1_000), now)} old` : '';
  const detail = `${plural(count, 'message')}${oldest}`;
  const queue = deadLetterQueues[logicalId];
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
  const backlogs = await readBacklogs(inventory, clients, options);
  const known = [REQUESTS, ...Object.keys(deadLetterQueues)];
  return backlogs.filter(({ logicalId }) => known.includes(logicalId)).map(findingOf);
}
