import {
  DescribeConnectionCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
} from '@aws-sdk/client-eventbridge';
import type { Aws } from '../aws.ts';
import { type Facts, keyOf, ofType } from '../facts.ts';
import { DEPLOY, failed, ok, type Result, warning } from '../result.ts';

const isMissing = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ResourceNotFoundException';

/** `undefined` where there is none. */
const orMissing = <Answer>(answer: Promise<Answer>): Promise<Answer | undefined> =>
  answer.catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });

async function lookAtBus(name: string, facts: Facts, { eventBridge }: Aws): Promise<Result> {
  const what = `event bus ${name}`;
  const bus = await orMissing(eventBridge.send(new DescribeEventBusCommand({ Name: name })));
  if (bus === undefined)
    return failed(
      what,
      'does not exist: every event is refused',
      'Create it, or deploy with another EventBusName.',
    );
  const foreign = bus.KmsKeyIdentifier !== undefined && bus.KmsKeyIdentifier !== keyOf(facts);
  if (foreign && bus.DeadLetterConfig?.Arn === undefined)
    return warning(
      what,
      'has a key of its own and no dead-letter queue: events that it cannot encrypt are lost',
      'Give the bus a dead-letter queue (aws events update-event-bus --dead-letter-config).',
    );
  return ok(what, 'exists');
}

/** The bus that events arrive on, which may be somebody else's, and the redrive bus. */
export async function lookAtBuses(facts: Facts, aws: Aws): Promise<Result[]> {
  const names = [facts.outputs['EventBusName'], facts.outputs['RedriveBusName']];
  return Promise.all(names.flatMap((name) => (name ? [lookAtBus(name, facts, aws)] : [])));
}

interface RuleName {
  readonly Name: string;
  readonly EventBusName?: string | undefined;
}

/**
 * CloudFormation's id of a rule is its ARN, `<bus>|<rule>` or, of whatever bus, `<rule>`. A rule of the default bus has
 * no bus in its ARN, and a partner event bus has slashes in its name.
 */
export function ruleNames(physicalId: string, buses: readonly string[]): RuleName[] {
  const [, path] = /:rule\/(.+)$/.exec(physicalId) ?? [];
  const id = path ?? physicalId;
  const end = id.lastIndexOf(path === undefined ? '|' : '/');
  if (end >= 0) return [{ EventBusName: id.slice(0, end), Name: id.slice(end + 1) }];
  if (path !== undefined) return [{ Name: path }];
  return buses.map((EventBusName) => ({ EventBusName, Name: physicalId }));
}

/** The buses that the stack may have rules on. */
const busesOf = ({ outputs, parameters }: Facts): string[] =>
  [
    outputs['EventBusName'],
    outputs['RedriveBusName'],
    parameters['PartnerEventSourceName'],
    'default',
  ].flatMap((name) => name || []);

async function stateOf(names: readonly RuleName[], { eventBridge }: Aws): Promise<string> {
  for (const name of names) {
    const rule = await orMissing(eventBridge.send(new DescribeRuleCommand(name)));
    if (rule?.State !== undefined) return rule.State;
  }
  return 'gone';
}

/** Rules that are gone or off: their events go nowhere, and nobody is told. */
export async function lookAtRules(facts: Facts, aws: Aws): Promise<Result[]> {
  const buses = busesOf(facts);
  const rules = await Promise.all(
    ofType(facts, 'AWS::Events::Rule').map(async ({ logicalId, physicalId }) => {
      const names = ruleNames(physicalId, buses);
      return { logicalId, state: await stateOf(names, aws) };
    }),
  );
  const off = rules.filter(({ state }) => state !== 'ENABLED');
  if (off.length === 0) return [ok('rules', `${rules.length} are enabled`)];
  return off.map(({ logicalId, state }) =>
    failed(`rule ${logicalId}`, state === 'gone' ? 'is gone' : `is ${state}`, DEPLOY),
  );
}

/** Connections that may not call. */
export async function lookAtConnections(facts: Facts, { eventBridge }: Aws): Promise<Result[]> {
  return Promise.all(
    ofType(facts, 'AWS::Events::Connection').map(async ({ logicalId, physicalId }) => {
      const what = `connection ${logicalId}`;
      const command = new DescribeConnectionCommand({ Name: physicalId });
      const connection = await orMissing(eventBridge.send(command));
      const state = connection?.ConnectionState ?? 'gone';
      if (state === 'AUTHORIZED') return ok(what, state);
      return failed(
        what,
        `${state}${connection?.StateReason ? `: ${connection.StateReason}` : ''}`,
        'Put the credentials right and deploy with the new ConnectionSecretVersionId (docs/connections.md).',
      );
    }),
  );
}
