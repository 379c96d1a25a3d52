import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { AwsClients } from '../../aws.ts';
import { type Finding, failed, ok, warning } from '../finding.ts';
import { type DoctorOptions, type Inventory, resourcesOfType } from '../inventory.ts';

/** DescribeAlarms takes up to 100 names ("DescribeAlarms", API Reference). */
const MAX_NAMES = 100;

/** The stack's alarms: name → logical id. The `Ref` of an alarm is its name. */
const alarmsOf = (inventory: Inventory): ReadonlyMap<string, string> =>
  new Map(
    ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm']
      .flatMap((type) => resourcesOfType(inventory, type))
      .map(({ logicalId, physicalId }) => [
        physicalId.split(':alarm:').at(-1) ?? physicalId,
        logicalId,
      ]),
  );

interface Alarm {
  readonly name: string;
  readonly since: Date | undefined;
  readonly description: string;
}

async function readAlarming(names: readonly string[], clients: AwsClients): Promise<Alarm[]> {
  const alarms: Alarm[] = [];
  for (let start = 0; start < names.length; start += MAX_NAMES) {
    const { CompositeAlarms = [], MetricAlarms = [] } = await clients.cloudWatch.send(
      new DescribeAlarmsCommand({
        AlarmNames: names.slice(start, start + MAX_NAMES),
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
        StateValue: 'ALARM',
        MaxRecords: MAX_NAMES,
      }),
    );
    for (const alarm of [...CompositeAlarms, ...MetricAlarms])
      alarms.push({
        name: alarm.AlarmName ?? '',
        since: alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp,
        description: alarm.AlarmDescription ?? '',
      });
  }
  return alarms;
}

/** Checks whether alarms go to a topic, and which are in ALARM. The local engine evaluates none: nothing is said about them. */
export async function checkAlarms(
  inventory: Inventory,
  clients: AwsClients,
  { local }: DoctorOptions,
): Promise<Finding[]> {
  if (local) return [];
  const topic = inventory.parameters['AlarmTopicArn'];
  const target = topic
    ? ok('alarms', `go to ${topic}; whether it accepts them is not checked`)
    : warning('alarms', 'notify nobody', 'Deploy with AlarmTopicArn.');
  const names = alarmsOf(inventory);
  if (names.size === 0) return [target];
  const alarming = await readAlarming([...names.keys()], clients);
  if (alarming.length === 0) return [target, ok('alarms in ALARM', `none of ${names.size}`)];
  return [
    target,
    ...alarming.map(({ name, since, description }) =>
      failed(
        `alarm ${names.get(name) ?? name}`,
        `is in ALARM${since === undefined ? '' : ` since ${since.toISOString()}`}`,
        description || 'See its section in docs/runbook.md.',
      ),
    ),
  ];
}
