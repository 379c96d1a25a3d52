import { fields } from '../template/template.ts';
import type { PrincipalCall } from './grants.ts';
import { keyCalls, ruleTargets } from './service-calls.ts';
import { account, region, type Statement, sessionOf } from './simulate.ts';
import type { IamStack } from './stack.ts';

export const EVENTS = 'events.amazonaws.com';

const isQueue = (arn: unknown): boolean => String(arn).startsWith('arn:aws:sqs:');

/** EventBridge's delivery to a queue, of the rule or bus with this ARN. */
export const delivery = (source: string, queue: unknown): PrincipalCall => ({
  principal: EVENTS,
  action: 'sqs:SendMessage',
  resource: String(queue),
  context: { 'aws:SourceArn': source },
});

/** EventBridge's deliveries to queues: of rules to their targets and dead-letter queues, and of buses to theirs. */
export function deliveries(stack: IamStack): PrincipalCall[] {
  const ofRules = ruleTargets(stack).flatMap(({ ruleArn, target }) =>
    [target['Arn'], fields(target['DeadLetterConfig'])['Arn']]
      .filter(isQueue)
      .map((queue) => delivery(ruleArn, queue)),
  );
  const ofBuses = stack.ofType('AWS::Events::EventBus').flatMap(([, { Properties }]) => {
    const queue = fields(Properties['DeadLetterConfig'])['Arn'];
    const bus = `arn:aws:events:${region}:${account}:event-bus/${Properties['Name']}`;
    return queue === undefined ? [] : [delivery(bus, queue)];
  });
  return [...ofRules, ...ofBuses];
}

const onKey = (
  principal: string,
  key: string,
  actions: readonly string[],
  context: Record<string, string> = {},
): PrincipalCall[] =>
  actions.map((action) => ({ principal, action: `kms:${action}`, resource: key, context }));

/** The bus on which the archive and the stack's rules are: its own, or the one in EventBusName. */
const buses = (stack: IamStack): Set<string> =>
  new Set(
    [
      ...stack.ofType('AWS::Events::EventBus').map(([, { Properties }]) => Properties['Name']),
      ...stack
        .ofType('AWS::Events::Archive')
        .map(([, { Properties }]) => String(Properties['SourceArn']).split('event-bus/')[1]),
    ].map(String),
  );

/**
 * The calls of services on the key that encrypts what the stack stores (EventBridge User Guide, "Encrypting event buses" and
 * "Encrypting archives"; SQS Developer Guide, "Enable compatibility with AWS services"; CloudWatch Logs User Guide,
 * "Encrypt log data"), and those of the functions' roles, which the key's policy leaves to the roles' own policies.
 */
export function callsOnKey(stack: IamStack): PrincipalCall[] {
  const key = stack.key?.arn;
  if (key === undefined) return [];
  const onBus = ['Decrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'];
  const onLogs = [...onBus, 'Encrypt', 'GenerateDataKeyWithoutPlaintext'];
  const busKey = 'kms:EncryptionContext:aws:events:event-bus:arn';
  return [
    ...onKey(EVENTS, key, ['DescribeKey']),
    ...onKey(EVENTS, key, ['Decrypt', 'GenerateDataKey'], { 'aws:SourceAccount': account }),
    ...[...buses(stack)].flatMap((bus) =>
      onKey(EVENTS, key, onBus, {
        [busKey]: `arn:aws:events:${region}:${account}:event-bus/${bus}`,
      }),
    ),
    ...stack.ofType('AWS::Logs::LogGroup').flatMap(([, { Properties }]) =>
      onKey(`logs.${region}.amazonaws.com`, key, onLogs, {
        'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${region}:${account}:log-group:${Properties['LogGroupName']}`,
      }),
    ),
    ...stack.ofType('AWS::Lambda::Function').flatMap(([, { Properties }]) => {
      const [role] = stack.find(Properties['Role']);
      return keyCalls(stack, role, key).map((call) => ({ principal: sessionOf(role), ...call }));
    }),
  ];
}

/** The statements of the role that calls, or none of a service. */
export function identityOf({ identityPolicy }: IamStack, principal: string): Statement[] {
  const role = /:assumed-role\/(\w+)/.exec(principal)?.[1];
  return role === undefined ? [] : identityPolicy(role);
}
