import { type AwsClients, toUsageError } from '../aws.ts';
import { stackSelection } from '../options.ts';
import type { Finding } from './finding.ts';
import { type DoctorOptions, type Inventory, PERMISSIONS } from './inventory.ts';
import { checkAlarms } from './resource-checks/alarms.ts';
import { checkBacklog } from './resource-checks/backlog.ts';
import { checkBreaker } from './resource-checks/breaker.ts';
import { checkDrift, checkParameters, checkVersion } from './resource-checks/deployment.ts';
import { checkBuses, checkConnections, checkRules } from './resource-checks/event-bridge.ts';
import { checkFunctions, checkSchedule } from './resource-checks/functions.ts';
import { checkKey } from './resource-checks/key.ts';
import { checkMappings } from './resource-checks/mappings.ts';
import { checkParked } from './resource-checks/parked.ts';
import { checkPoller } from './resource-checks/poller.ts';
import { checkQueues } from './resource-checks/queues.ts';
import { checkSecrets } from './resource-checks/secrets.ts';
import { checkConcurrency, checkStack } from './resource-checks/stack.ts';

/** Checks one kind of resource. Rejects when AWS does not answer. */
type Check = (
  inventory: Inventory,
  clients: AwsClients,
  options: DoctorOptions,
) => Promise<Finding[]>;

/** A check whose failure explains that of another comes first. */
const checks: readonly (readonly [string, Check])[] = [
  ['stack', checkStack],
  ['version', checkVersion],
  ['parameters', checkParameters],
  ['drift', checkDrift],
  ['encryption key', checkKey],
  ['event buses', checkBuses],
  ['rules', checkRules],
  ['mappings', checkMappings],
  ['connections', checkConnections],
  ['queues', checkQueues],
  ['secrets', checkSecrets],
  ['functions', checkFunctions],
  ['poller', checkPoller],
  ['circuit breaker', checkBreaker],
  ['schedule', checkSchedule],
  ['messages', checkBacklog],
  ['parked messages', checkParked],
  ['concurrent executions', checkConcurrency],
  ['alarms', checkAlarms],
];

/** Listed at the end of every report. */
export const notChecked = (options: DoctorOptions): readonly string[] => [
  `whether Salesforce accepts the credentials (npm run salesforce -- check${stackSelection(options)})`,
  'IAM policies, permissions boundaries and service control policies',
  'whether the alarm topic accepts alarms, and who subscribes to it',
  ...(options.local ? ['states of alarms and ages of messages: the local engine has none'] : []),
  ...(options.drift || options.local
    ? []
    : ['changes of resources outside CloudFormation (--drift)']),
];

/** Runs all checks. One that cannot run becomes a finding with the status `unknown`. */
export async function runChecks(
  inventory: Inventory,
  clients: AwsClients,
  options: DoctorOptions,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [what, check] of checks) {
    const found = await check(inventory, clients, options).catch((error: unknown): Finding[] => {
      const { problem: detail, remedy } = toUsageError(error, PERMISSIONS);
      return [{ what, status: 'unknown', detail, ...(remedy !== undefined && { remedy }) }];
    });
    findings.push(...found);
  }
  return findings;
}
