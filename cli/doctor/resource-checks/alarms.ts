import type { AwsClients } from '../../aws.ts';
import { readAlarms } from '../../readings/alarms.ts';
import { type Finding, failed, ok, warning } from '../finding.ts';
import type { DoctorOptions, Inventory } from '../inventory.ts';

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
  const alarms = await readAlarms(inventory, clients);
  if (alarms.length === 0) return [target];
  const alarming = alarms.filter(({ state }) => state === 'ALARM');
  if (alarming.length === 0) return [target, ok('alarms in ALARM', `none of ${alarms.length}`)];
  return [
    target,
    ...alarming.map(({ name, logicalId, since, description }) =>
      failed(
        `alarm ${logicalId || name}`,
        `is in ALARM${since === undefined ? '' : ` since ${since.toISOString()}`}`,
        description || 'See its section in docs/runbook.md.',
      ),
    ),
  ];
}
