import { describe, expect, it } from 'vitest';
import { pseudo } from '../../local/template/resolve.ts';
import { idIn, inSet, permits, queuePolicy, roleOf } from './policy.ts';
import { resourcesOf, setNames } from './sets.ts';
import { fields, list, type Resource } from './template.ts';

const account = pseudo['AWS::AccountId'] ?? '';
const events = `arn:aws:events:${pseudo['AWS::Region']}:${account}`;

/** The ARN of a rule. Rules without a bus are on the default bus, where the ARN names no bus. */
function ruleArn({ Properties }: Resource, set: string): string {
  const bus = String(Properties['EventBusName'] ?? 'default');
  const own = /^\$\{(\w+)\}$/.exec(bus)?.[1];
  // Queue policies refer to the stack's own buses, except the partner bus, which has the name of its source.
  const { Name } = own === undefined ? {} : inSet(set, own).Properties;
  const name = own === 'PartnerBus' ? Name : bus;
  return `${events}:rule/${bus === 'default' ? '' : `${name}/`}${Properties['Name']}`;
}

const targetsOf = (set: string) =>
  resourcesOf(set, 'AWS::Events::Rule').flatMap(([id, rule]) =>
    list(rule.Properties['Targets']).map((target) => ({ id, rule, target: fields(target) })),
  );

const fromRule = (set: string, rule: Resource) => ({
  service: 'events.amazonaws.com',
  context: { 'aws:SourceArn': ruleArn(rule, set), 'aws:SecureTransport': 'true' },
});

/** The action on a target that is not a queue. The target's role has to allow it. */
const actionOf = (arn: string): string =>
  arn.includes('Destination') ? 'events:InvokeApiDestination' : 'events:PutEvents';

/** A topic and its policy are not part of the stack (docs/connections.md). */
const isTopic = (arn: string): boolean => arn.startsWith('arn:aws:sns:');

function mayReach(set: string, { rule, target }: ReturnType<typeof targetsOf>[number]): boolean {
  const arn = String(target['Arn']);
  if (arn.includes('Queue'))
    return permits(queuePolicy(set, idIn(arn)), {
      action: 'sqs:SendMessage',
      resource: arn,
      ...fromRule(set, rule),
    });
  return permits(roleOf(set, target['RoleArn']), { action: actionOf(arn), resource: arn });
}

describe.each(setNames)('%s', (set) => {
  it('allows every rule to deliver to its target', () => {
    const own = targetsOf(set).filter(({ target }) => !isTopic(String(target['Arn'])));
    for (const each of own) expect([each.id, mayReach(set, each)]).toEqual([each.id, true]);
  });

  it('has a dead-letter queue for every target, which the rule may write to', () => {
    for (const { id, rule, target } of targetsOf(set)) {
      const queue = String(fields(target['DeadLetterConfig'])['Arn']);
      const wish = { action: 'sqs:SendMessage', resource: queue, ...fromRule(set, rule) };
      expect([id, permits(queuePolicy(set, idIn(queue)), wish)]).toEqual([id, true]);
      expect(Number(fields(target['RetryPolicy'])['MaximumRetryAttempts'])).toBeGreaterThan(0);
    }
  });

  it('denies rules of other buses and accounts, and requests without TLS', () => {
    for (const [queue] of resourcesOf(set, 'AWS::SQS::Queue')) {
      const policy = queuePolicy(set, queue);
      const resource = `\${${queue}.Arn}`;
      const service = 'events.amazonaws.com';
      for (const arn of [
        `${events}:rule/stranger/rule`,
        'arn:aws:events:eu-west-1:999999999999:rule/stack-redrive/rule',
      ]) {
        const context = { 'aws:SourceArn': arn, 'aws:SecureTransport': 'true' };
        const wish = { action: 'sqs:SendMessage', resource, service, context };
        expect([queue, arn, permits(policy, wish)]).toEqual([queue, arn, false]);
      }
      const denies = policy.filter(({ Effect }) => Effect === 'Deny');
      expect(denies).toMatchObject([
        { Action: ['sqs:*'], Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      ]);
    }
  });

  it('allows the event source mapping to poll its queue, and failed invocations to reach their destination', () => {
    for (const [, { Properties }] of resourcesOf(set, 'AWS::Lambda::EventSourceMapping')) {
      const role = roleOf(set, inSet(set, Properties['FunctionName']).Properties['Role']);
      const resource = String(Properties['EventSourceArn']);
      for (const action of ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'])
        expect(permits(role, { action: `sqs:${action}`, resource })).toBe(true);
    }
    for (const [, { Properties }] of resourcesOf(set, 'AWS::Lambda::EventInvokeConfig')) {
      const role = roleOf(set, inSet(set, Properties['FunctionName']).Properties['Role']);
      const onFailure = fields(fields(Properties['DestinationConfig'])['OnFailure']);
      const resource = String(onFailure['Destination']);
      expect(permits(role, { action: 'sqs:SendMessage', resource })).toBe(true);
    }
  });

  it('allows only the schedule group of this account to invoke the reprocessor', () => {
    for (const [, { Properties }] of resourcesOf(set, 'AWS::Scheduler::Schedule')) {
      const { Arn, RoleArn } = fields(Properties['Target']);
      const wish = { action: 'lambda:InvokeFunction', resource: String(Arn) };
      expect(permits(roleOf(set, RoleArn), wish)).toBe(true);
      const trust = fields(inSet(set, RoleArn).Properties['AssumeRolePolicyDocument']);
      expect(fields(list(trust['Statement'])[0])['Condition']).toEqual({
        StringEquals: { 'aws:SourceAccount': account, 'aws:SourceArn': '${ScheduleGroup.Arn}' },
      });
      expect(Properties['GroupName']).toBe('${ScheduleGroup}');
    }
  });

  it('has both permissions that AWS requires for a public function URL', () => {
    const open = resourcesOf(set, 'AWS::Lambda::Url').filter(
      ([, { Properties }]) => Properties['AuthType'] === 'NONE',
    );
    for (const [, { Properties }] of open) {
      const permissions = resourcesOf(set, 'AWS::Lambda::Permission').filter(
        ([, other]) => other.Properties['FunctionName'] === Properties['TargetFunctionArn'],
      );
      expect(permissions.map(([, other]) => other.Properties['Action']).sort()).toEqual([
        'lambda:InvokeFunction',
        'lambda:InvokeFunctionUrl',
      ]);
    }
  });

  it('has a visibility timeout of six function timeouts, and a DLQ with the retention of its source', () => {
    for (const [, { Properties }] of resourcesOf(set, 'AWS::Lambda::EventSourceMapping')) {
      const { Timeout } = inSet(set, Properties['FunctionName']).Properties;
      const queue = inSet(set, Properties['EventSourceArn']).Properties;
      const dlq = inSet(set, fields(queue['RedrivePolicy'])['deadLetterTargetArn']).Properties;
      expect(Number(queue['VisibilityTimeout'])).toBeGreaterThanOrEqual(6 * Number(Timeout));
      expect(Number(dlq['MessageRetentionPeriod'])).toBeGreaterThanOrEqual(
        Number(queue['MessageRetentionPeriod']),
      );
    }
  });
});
