import { describe, expect, it } from 'vitest';
import { setNames } from '../template/sets.ts';
import { fields, list } from '../template/template.ts';
import type { PrincipalCall } from './grants.ts';
import { deliveries, delivery, EVENTS } from './resource-calls.ts';
import { ruleTargets, serviceCalls } from './service-calls.ts';
import { account, isAllowed, type Principal, region, sessionOf } from './simulate.ts';
import { type IamStack, iamSet } from './stack.ts';

const mayDeliver = (
  { find, resourcePolicy }: IamStack,
  { principal, ...call }: PrincipalCall,
): Promise<boolean> =>
  isAllowed(principal, call, { resource: resourcePolicy(find(call.resource)[0]) });

/** Whether a principal may assume a role, by the role's trust policy. */
function mayAssume(
  { resources }: IamStack,
  role: string,
  principal: Principal,
  context: Record<string, string> = {},
): Promise<boolean> {
  const document = fields(resources[role]?.Properties['AssumeRolePolicyDocument']);
  const call = {
    action: 'sts:AssumeRole',
    resource: `arn:aws:iam::${account}:role/${role}`,
    context,
  };
  return isAllowed(principal, call, {
    resource: list(document['Statement']).map((one) => Object(one)),
  });
}

describe.each(setNames)('%s', (set) => {
  const stack = iamSet(set);

  it('allows every call that AWS makes with a role of the stack', async () => {
    const calls = serviceCalls(stack);
    expect(calls.length).toBeGreaterThanOrEqual(9);
    for (const { role, ...call } of calls) {
      const identity = stack.identityPolicy(role);
      const isGranted = await isAllowed(sessionOf(role), call, { identity });
      expect({ role, ...call, isGranted }).toMatchObject({ isGranted: true });
    }
  });

  it('allows EventBridge to deliver to the queues of rules, and to the dead-letter queues', async () => {
    expect(deliveries(stack).length).toBeGreaterThan(0);
    for (const call of deliveries(stack))
      expect([call, await mayDeliver(stack, call)]).toEqual([call, true]);
  });

  it('denies rules of other buses and accounts, and all requests without TLS', async () => {
    const strangers = [
      `arn:aws:events:${region}:${account}:rule/stranger/rule`,
      'arn:aws:events:eu-west-1:999999999999:rule/stack-redrive/rule',
    ];
    for (const [queue] of stack.ofType('AWS::SQS::Queue')) {
      const resource = `arn:aws:sqs:${region}:${account}:${queue}`;
      for (const arn of strangers)
        expect([queue, arn, await mayDeliver(stack, delivery(arn, resource))]).toEqual([
          queue,
          arn,
          false,
        ]);
      const identity = [{ Effect: 'Allow', Action: 'sqs:*', Resource: resource }];
      const policies = { identity, resource: stack.resourcePolicy(queue) };
      const receive = { action: 'sqs:ReceiveMessage', resource };
      const withoutTls = { ...receive, context: { 'aws:SecureTransport': 'false' } };
      expect(await isAllowed(sessionOf('any'), receive, policies)).toBe(true);
      expect(await isAllowed(sessionOf('any'), withoutTls, policies)).toBe(false);
    }
  });

  it('denies requests to its buckets without TLS', async () => {
    for (const [bucket] of stack.ofType('AWS::S3::Bucket')) {
      const resource = `arn:aws:s3:::${bucket.toLowerCase()}/key`;
      const identity = [{ Effect: 'Allow', Action: 's3:*', Resource: resource }];
      const policies = { identity, resource: stack.resourcePolicy(bucket) };
      const get = { action: 's3:GetObject', resource };
      const withoutTls = { ...get, context: { 'aws:SecureTransport': 'false' } };
      expect(await isAllowed(sessionOf('any'), get, policies)).toBe(true);
      expect(await isAllowed(sessionOf('any'), withoutTls, policies)).toBe(false);
    }
  });

  it('lets only its services, of this account, assume its roles', async () => {
    for (const [, { Properties }] of stack.ofType('AWS::Lambda::Function')) {
      const [role] = stack.find(Properties['Role']);
      expect([role, await mayAssume(stack, role, 'lambda.amazonaws.com')]).toEqual([role, true]);
      expect([role, await mayAssume(stack, role, sessionOf('any'))]).toEqual([role, false]);
    }
    const own = { 'aws:SourceAccount': account };
    for (const { target } of ruleTargets(stack).filter(({ target }) => target['RoleArn'])) {
      const [role] = stack.find(target['RoleArn']);
      expect(await mayAssume(stack, role, EVENTS, own)).toBe(true);
      const stranger = { 'aws:SourceAccount': '999999999999' };
      expect(await mayAssume(stack, role, EVENTS, stranger)).toBe(false);
    }
    for (const [, { Properties }] of stack.ofType('AWS::Scheduler::Schedule')) {
      const [role] = stack.find(fields(Properties['Target'])['RoleArn']);
      const group = (name: unknown) => ({
        ...own,
        'aws:SourceArn': `arn:aws:scheduler:${region}:${account}:schedule-group/${name}`,
      });
      const scheduler = 'scheduler.amazonaws.com';
      expect(await mayAssume(stack, role, scheduler, group(Properties['GroupName']))).toBe(true);
      expect(await mayAssume(stack, role, scheduler, group('stranger'))).toBe(false);
    }
  });
});
