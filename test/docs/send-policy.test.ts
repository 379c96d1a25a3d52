import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../local/stack/paths.ts';
import { account, type Call, isAllowed, type Statement, sessionOf } from '../iam/simulate.ts';

/** The policy of somebody who sends, as its reader fills it in. */
const policy: Statement[] = JSON.parse(
  readFileSync(join(root, 'docs/policies/send.json'), 'utf8')
    .replaceAll('REGION', 'eu-west-1')
    .replaceAll('ACCOUNT', account)
    .replaceAll('STACK_NAME', 'stack')
    .replaceAll('WEBHOOK_SECRET', 'GitHub')
    .replaceAll('EVENT_BUS', 'bus')
    .replaceAll('KEY_ID', 'k'),
).Statement;

const own = (service: string, resource: string): string =>
  `arn:aws:${service}:eu-west-1:${account}:${resource}`;
const stackArn = own('cloudformation', 'stack/stack/1');
const key = own('kms', 'key/k');
const via = (service: string) => ({ 'kms:ViaService': `${service}.eu-west-1.amazonaws.com` });

/** What `events send` calls (test/cli/events/send), and Secrets Manager and SQS for it. */
const calls: readonly Call[] = [
  { action: 'cloudformation:DescribeStacks', resource: stackArn },
  { action: 'cloudformation:DescribeStackResource', resource: stackArn },
  {
    action: 'secretsmanager:GetSecretValue',
    resource: own('secretsmanager', 'secret:GitHub-AbCdEf'),
  },
  { action: 'events:PutEvents', resource: own('events', 'event-bus/bus') },
  { action: 'sqs:SendMessage', resource: own('sqs', 'stack-ApiCallQueue-1') },
  {
    action: 'lambda:InvokeFunction',
    resource: own('lambda', 'function:stack-SalesforceApiCallFunction-1'),
  },
  { action: 'kms:Decrypt', resource: key, context: via('secretsmanager') },
  { action: 'kms:Decrypt', resource: key, context: via('sqs') },
  { action: 'kms:GenerateDataKey', resource: key, context: via('sqs') },
];

/** A key's policy leaves it to the account's own policies. */
const keyPolicy: Statement[] = [
  {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'kms:*',
    Resource: '*',
  },
];

const isAllowedTo = (call: Call, identity: readonly Statement[] = policy) =>
  isAllowed(sessionOf('sender'), call, {
    identity,
    ...(call.action.startsWith('kms:') && { resource: keyPolicy }),
  });

describe('docs/policies/send.json', () => {
  it.each(calls)('allows $action', async (call) => {
    expect(await isAllowedTo(call)).toBe(true);
  });

  it('has no statement that can be left out', async () => {
    for (const gone of policy) {
      const identity = policy.filter((one) => one !== gone);
      const allowed = await Promise.all(calls.map((call) => isAllowedTo(call, identity)));
      expect(allowed).toContain(false);
    }
  });

  it('has the actions that docs/events.md lists, and no others', () => {
    const [, permissions = ''] = readFileSync(join(root, 'docs/events.md'), 'utf8').split(
      '\n## Permissions\n',
    );
    const listed = permissions.match(/\b[a-z]+:[A-Z]\w+/g) ?? [];
    const actions = policy.flatMap(({ Action }) => Action);
    expect([...new Set(listed)].toSorted()).toEqual(actions.toSorted());
  });

  it.each<[string, Call]>([
    [
      'to write dead-letter messages',
      { action: 'sqs:SendMessage', resource: own('sqs', 'stack-ApiCallDlq-1') },
    ],
    [
      'to receive requests',
      { action: 'sqs:ReceiveMessage', resource: own('sqs', 'stack-ApiCallQueue-1') },
    ],
    [
      'to read another secret',
      {
        action: 'secretsmanager:GetSecretValue',
        resource: own('secretsmanager', 'secret:Salesforce-AbCdEf'),
      },
    ],
    ['another bus', { action: 'events:PutEvents', resource: own('events', 'event-bus/default') }],
    [
      'another function',
      {
        action: 'lambda:InvokeFunction',
        resource: own('lambda', 'function:stack-DlqReprocessorFunction-1'),
      },
    ],
    ['the key elsewhere', { action: 'kms:Decrypt', resource: key }],
  ])('does not allow %s', async (_what, call) => {
    expect(await isAllowedTo(call)).toBe(false);
  });
});
