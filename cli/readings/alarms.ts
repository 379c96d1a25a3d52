import { DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { AwsClients } from '../aws.ts';
import { type Inventory, resourcesOfType } from '../doctor/inventory.ts';

/** DescribeAlarms takes up to 100 names ("DescribeAlarms", API Reference). */
const MAX_NAMES = 100;

export interface AlarmState {
  readonly name: string;
  readonly logicalId: string;
  readonly state: 'ALARM' | 'OK' | 'INSUFFICIENT_DATA';
  readonly since?: Date;
  readonly description: string;
}

const toState = (alarm: MetricAlarm, logicalId: string): AlarmState => {
  const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
  return {
    name: alarm.AlarmName ?? '',
    logicalId,
    state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
    ...(since && { since }),
    description: alarm.AlarmDescription ?? '',
  };
};

/** The stack's alarms. Rejects with CloudWatch's error. */
export async function readAlarms(
  inventory: Inventory,
  { cloudWatch }: Pick<AwsClients, 'cloudWatch'>,
): Promise<AlarmState[]> {
  const alarms = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm']
    .flatMap((type) => resourcesOfType(inventory, type))
    // The `Ref` of an alarm is its name.
    .map(({ logicalId, physicalId }) => [physicalId.split(':alarm:').at(-1) ?? '', logicalId]);
  const ids = new Map(alarms.map(([name = '', logicalId = '']) => [name, logicalId]));
  const states: AlarmState[] = [];
  for (let start = 0; start < alarms.length; start += MAX_NAMES) {
    const { CompositeAlarms = [], MetricAlarms = [] } = await cloudWatch.send(
      new DescribeAlarmsCommand({
        AlarmNames: [...ids.keys()].slice(start, start + MAX_NAMES),
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
        MaxRecords: MAX_NAMES,
      }),
    );
    for (const alarm of [...MetricAlarms, ...CompositeAlarms])
      states.push(toState(alarm, ids.get(alarm.AlarmName ?? '') ?? ''));
  }
  return states;
}
