import { DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { physicalIdOf, resourcesOfType } from '../../../cli/doctor/inventory.ts';
import { requireOutput } from '../../../cli/stack.ts';
import { isOpen } from '../../../functions/salesforce-apicall/circuit-breaker/state.ts';
import { BreakerTable } from '../../../functions/salesforce-apicall/circuit-breaker/table.ts';
import type { AlarmState, Flow, QueueDepth, QueueName } from '../../api.ts';
import type { Connected } from '../connection.ts';

export type Parked = Flow['parked'];
export type State = Pick<Flow, 'breaker' | 'pause'>;

/** How many messages are in a queue, about. */
export async function readDepth(
  { clients, stack }: Connected,
  name: QueueName,
): Promise<QueueDepth> {
  const AttributeNames = [
    'ApproximateNumberOfMessages',
    'ApproximateNumberOfMessagesNotVisible',
    'ApproximateNumberOfMessagesDelayed',
  ] as const;
  const QueueUrl = requireOutput(stack, `${name}Url`);
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] });
  const { Attributes = {} } = await clients.sqs.send(command);
  const [visible = 0, inFlight = 0, delayed = 0] = AttributeNames.map((attribute) =>
    Number(Attributes[attribute] ?? 0),
  );
  return { name, visible, inFlight, delayed };
}

/** S3 lists up to 1,000 keys in a page; counting stops here: an exact number is of no use to an operator. */
const MAX_LISTS = 10;

/** Counts the parked messages by their reason, the first 10,000 of them. */
export async function countParked({ clients, stack }: Connected): Promise<Parked> {
  const Bucket = requireOutput(stack, 'ParkBucketName');
  const byReason: Record<string, number> = {};
  let StartAfter: string | undefined;
  let isComplete = false;
  for (let lists = 0; lists < MAX_LISTS && !isComplete; lists += 1) {
    const command = new ListObjectsV2Command({ Bucket, Prefix: 'parked/', StartAfter });
    const { Contents = [], IsTruncated = false } = await clients.s3.send(command);
    for (const { Key = '' } of Contents) {
      const [, reason = ''] = Key.split('/');
      byReason[reason] = (byReason[reason] ?? 0) + 1;
    }
    StartAfter = Contents.at(-1)?.Key;
    isComplete = !IsTruncated || StartAfter === undefined;
  }
  const count = Object.values(byReason).reduce((sum, one) => sum + one, 0);
  return { count, isComplete, byReason };
}

/** The circuit breaker, if it is open, and the pause. */
export async function readState({ clients, stack }: Connected): Promise<State> {
  const now = new Date();
  const tableName = physicalIdOf(stack, 'IdempotencyTable') ?? '';
  const options = { client: clients.dynamoDb, tableName, now: () => now.getTime() };
  const { breaker, pause } = await new BreakerTable(options).read();
  const open = breaker && isOpen(breaker, now) ? [breaker] : [];
  return {
    breaker: open.map(({ scope, reason, openUntil }) => ({
      scope,
      reason,
      openUntil: openUntil.toISOString(),
    })),
    ...(pause && {
      pause: {
        since: pause.since.toISOString(),
        until: pause.until.toISOString(),
        ...(pause.reason !== undefined && { reason: pause.reason }),
      },
    }),
  };
}

const toAlarm = (logicalId: string, alarm: MetricAlarm): AlarmState => {
  const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
  return {
    name: alarm.AlarmName ?? '',
    logicalId,
    state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
    ...(since && { since: since.toISOString() }),
    description: alarm.AlarmDescription ?? '',
  };
};

/** The alarms that are not OK. The local engine evaluates none. */
export async function readAlarms({ clients, isLocal, stack }: Connected): Promise<AlarmState[]> {
  const resources = ['MetricAlarm', 'CompositeAlarm'].flatMap((type) =>
    resourcesOfType(stack, `AWS::CloudWatch::${type.replace('Metric', '')}`),
  );
  const ids = new Map(
    resources.map(({ physicalId, logicalId }) => [
      physicalId.split(':alarm:').at(-1) ?? '',
      logicalId,
    ]),
  );
  if (isLocal || ids.size === 0) return [];
  const command = new DescribeAlarmsCommand({
    AlarmNames: [...ids.keys()],
    AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
    MaxRecords: 100,
  });
  const { MetricAlarms = [], CompositeAlarms = [] } = await clients.cloudWatch.send(command);
  return [...MetricAlarms, ...CompositeAlarms]
    .filter(({ StateValue }) => StateValue !== 'OK')
    .map((alarm) => toAlarm(ids.get(alarm.AlarmName ?? '') ?? '', alarm));
}
