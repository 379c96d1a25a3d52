import {
  DescribeConnectionCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
} from '@aws-sdk/client-eventbridge';
import type { AwsClients } from '../../aws.ts';
import { isErrorNamed } from '../../errors.ts';
import { DEPLOY, type Finding, failed, ok, warning } from '../finding.ts';
import { encryptionKeyOf, type Inventory, resourcesOfType } from '../inventory.ts';

/** Resolves to undefined when the resource does not exist. */
const orUndefined = <Output>(output: Promise<Output>): Promise<Output | undefined> =>
  output.catch((error: unknown) => {
    if (isErrorNamed(error, 'ResourceNotFoundException')) return undefined;
    throw error;
  });

async function checkBus(
  name: string,
  inventory: Inventory,
  { eventBridge }: AwsClients,
): Promise<Finding> {
  const what = `event bus ${name}`;
  const bus = await orUndefined(eventBridge.send(new DescribeEventBusCommand({ Name: name })));
  if (bus === undefined)
    return failed(
      what,
      'does not exist, so every event is rejected',
      `Create it (aws events create-event-bus --name ${name}), or deploy with another EventBusName.`,
    );
  const hasOwnKey =
    bus.KmsKeyIdentifier !== undefined && bus.KmsKeyIdentifier !== encryptionKeyOf(inventory);
  if (hasOwnKey && bus.DeadLetterConfig?.Arn === undefined)
    return warning(
      what,
      'has its own encryption key and no dead-letter queue: events that it cannot encrypt are lost',
      `Give the bus a dead-letter queue: aws events update-event-bus --name ${name} --dead-letter-config Arn=QUEUE_ARN`,
    );
  return ok(what, 'exists');
}

/** Checks the bus that events arrive on, which may belong to another stack, and the redrive bus. */
export async function checkBuses(inventory: Inventory, clients: AwsClients): Promise<Finding[]> {
  const names = [inventory.outputs['EventBusName'], inventory.outputs['RedriveBusName']];
  return Promise.all(names.flatMap((name) => (name ? [checkBus(name, inventory, clients)] : [])));
}

interface RuleName {
  readonly Name: string;
  readonly EventBusName?: string | undefined;
}

/**
 * The names under which to look for a rule. CloudFormation's id of a rule is its ARN, `<bus>|<rule>`, or `<rule>` on
 * any bus. The ARN of a rule on the default bus contains no bus; the name of a partner event bus contains slashes.
 */
export function ruleNames(physicalId: string, buses: readonly string[]): RuleName[] {
  const [, path] = /:rule\/(.+)$/.exec(physicalId) ?? [];
  const id = path ?? physicalId;
  const end = id.lastIndexOf(path === undefined ? '|' : '/');
  if (end >= 0) return [{ EventBusName: id.slice(0, end), Name: id.slice(end + 1) }];
  if (path !== undefined) return [{ Name: path }];
  return buses.map((EventBusName) => ({ EventBusName, Name: physicalId }));
}

/** The buses on which the stack may have rules. */
const busesOf = ({ outputs, parameters }: Inventory): string[] =>
  [
    outputs['EventBusName'],
    outputs['RedriveBusName'],
    parameters['PartnerEventSourceName'],
    'default',
  ].flatMap((name) => name || []);

async function ruleState(
  names: readonly RuleName[],
  { eventBridge }: AwsClients,
): Promise<string | undefined> {
  for (const name of names) {
    const rule = await orUndefined(eventBridge.send(new DescribeRuleCommand(name)));
    if (rule?.State !== undefined) return rule.State;
  }
  return undefined;
}

/** Finds rules that are deleted or disabled: their events reach no target, and nothing reports it. */
export async function checkRules(inventory: Inventory, clients: AwsClients): Promise<Finding[]> {
  const buses = busesOf(inventory);
  const rules = await Promise.all(
    resourcesOfType(inventory, 'AWS::Events::Rule').map(async ({ logicalId, physicalId }) => ({
      logicalId,
      state: await ruleState(ruleNames(physicalId, buses), clients),
    })),
  );
  const disabled = rules.filter(({ state }) => state !== 'ENABLED');
  if (disabled.length === 0) return [ok('rules', `${rules.length} are enabled`)];
  return disabled.map(({ logicalId, state }) =>
    failed(`rule ${logicalId}`, state === undefined ? 'does not exist' : `is ${state}`, DEPLOY),
  );
}

/** Finds connections that are not authorized. */
export async function checkConnections(
  inventory: Inventory,
  { eventBridge }: AwsClients,
): Promise<Finding[]> {
  return Promise.all(
    resourcesOfType(inventory, 'AWS::Events::Connection').map(async ({ logicalId, physicalId }) => {
      const what = `connection ${logicalId}`;
      const command = new DescribeConnectionCommand({ Name: physicalId });
      const connection = await orUndefined(eventBridge.send(command));
      if (connection === undefined) return failed(what, 'does not exist', DEPLOY);
      const { ConnectionState: state = 'in no state', StateReason: reason } = connection;
      if (state === 'AUTHORIZED') return ok(what, `is ${state}`);
      return failed(
        what,
        `is ${state}${reason ? `: ${reason}` : ''}`,
        'Correct the credentials and deploy with the new ConnectionSecretVersionId (docs/connections.md).',
      );
    }),
  );
}
