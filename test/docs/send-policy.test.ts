import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../local/stack/paths.ts';
import { isAllowedTo, own, readPolicy, via } from '../iam/policy-file.ts';
import type { Call } from '../iam/simulate.ts';

/** The policy of somebody who sends. */
const policy = readPolicy('send.json', { WEBHOOK_SECRET: 'GitHub', EVENT_BUS: 'bus' });

const stackArn = own('cloudformation', 'stack/stack/1');
const key = own('kms', 'key/k');

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

describe('docs/policies/send.json', () => {
  it.each(calls)('allows $action', async (call) => {
    expect(await isAllowedTo(call, policy)).toBe(true);
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
    expect(await isAllowedTo(call, policy)).toBe(false);
  });
});
