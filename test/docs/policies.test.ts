import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from '../../local/stack/paths.ts';
import { isAllowedTo, own, readPolicy, via } from '../iam/policy-file.ts';
import { type Call, isAllowed, type Policies, type Statement } from '../iam/simulate.ts';
import { lint } from '../template/lint.ts';
import { fields } from '../template/template.ts';

const OWNER = '111122223333';
const OTHER = '444455556666';
const FUNCTION = `arn:aws:lambda:eu-west-1:${OWNER}:function:stack-SalesforceApiCallFunction`;

const file = (name: string): string => join(root, 'docs/policies', name);

/** The policy of a caller, with the function's ARN as its reader fills it in. */
const caller: Statement[] = JSON.parse(
  readFileSync(file('caller.json'), 'utf8').replaceAll(
    'arn:aws:lambda:REGION:ACCOUNT:function:FUNCTION',
    FUNCTION,
  ),
).Statement;

/** The function's policy that the template's permissions make, as Lambda writes it. */
const ofAccount: Statement[] = Object.values(
  parse(readFileSync(file('caller-account.yaml'), 'utf8'), { logLevel: 'silent' }).Resources,
).map((one) => {
  const { Action, FunctionUrlAuthType, InvokedViaFunctionUrl } = fields(fields(one)['Properties']);
  return {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${OTHER}:root` },
    Action: String(Action),
    Resource: FUNCTION,
    Condition: InvokedViaFunctionUrl
      ? { Bool: { 'lambda:InvokedViaFunctionUrl': String(InvokedViaFunctionUrl) } }
      : { StringEquals: { 'lambda:FunctionUrlAuthType': String(FunctionUrlAuthType) } },
  };
});

const roleOf = (account: string) => `arn:aws:sts::${account}:assumed-role/caller/session`;

/** What Lambda authorizes for a request to a function URL: both actions (Developer Guide, "Control access to function URLs"). */
const request: readonly Call[] = [
  {
    action: 'lambda:InvokeFunctionUrl',
    resource: FUNCTION,
    context: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' },
  },
  {
    action: 'lambda:InvokeFunction',
    resource: FUNCTION,
    context: { 'lambda:InvokedViaFunctionUrl': 'true' },
  },
];

async function mayCall(account: string, policies: Policies): Promise<boolean> {
  for (const call of request) if (!(await isAllowed(roleOf(account), call, policies))) return false;
  return true;
}

/** The statements without each one in turn. */
const withoutEach = (statements: readonly Statement[]) =>
  statements.map((gone) => statements.filter((one) => one !== gone));

describe('docs/policies/caller.json', () => {
  it("allows a principal of the stack's account to call the URL, and nothing with a statement less", async () => {
    expect(await mayCall(OWNER, { identity: caller })).toBe(true);
    for (const identity of withoutEach(caller))
      expect(await mayCall(OWNER, { identity })).toBe(false);
  });

  it('does not allow to invoke the function directly', async () => {
    const direct = { action: 'lambda:InvokeFunction', resource: FUNCTION };
    expect(await isAllowed(roleOf(OWNER), direct, { identity: caller })).toBe(false);
  });

  it('is not enough for a principal of another account', async () => {
    expect(await mayCall(OTHER, { identity: caller, resource: [] })).toBe(false);
  });
});

describe('docs/policies/caller-account.yaml', () => {
  it('allows principals of the other account with the policy of callers, and no others', async () => {
    expect(ofAccount).toHaveLength(2);
    expect(await mayCall(OTHER, { identity: caller, resource: ofAccount })).toBe(true);
    expect(await mayCall(OTHER, { identity: [], resource: ofAccount })).toBe(false);
    const third = '777788889999';
    expect(await mayCall(third, { identity: caller, resource: ofAccount })).toBe(false);
  });

  it('allows nothing with a permission less', async () => {
    for (const resource of withoutEach(ofAccount))
      expect(await mayCall(OTHER, { identity: caller, resource })).toBe(false);
  });

  it('does not allow to invoke the function directly', async () => {
    const direct = { action: 'lambda:InvokeFunction', resource: FUNCTION };
    const policies = { identity: caller, resource: ofAccount };
    expect(await isAllowed(roleOf(OTHER), direct, policies)).toBe(false);
  });

  it('passes cfn-lint', () => {
    expect(lint([file('caller-account.yaml')])).toBe('');
  });
});

const operator = readPolicy('operator.json');

const mapping = (fn: string) => ({
  resource: own('lambda', 'event-source-mapping:11111111-2222-3333-4444-555555555555'),
  context: { 'lambda:FunctionArn': own('lambda', `function:${fn}`) },
});
const item = (id: string, table = 'stack-IdempotencyTable-1') => ({
  resource: own('dynamodb', `table/${table}`),
  context: { 'dynamodb:LeadingKeys': id },
});
const stackArn = own('cloudformation', 'stack/stack/1');
const ofOperator = 'stack-SalesforceApiCallFunction-1';

/** What `pause` and `resume` call (test/cli/salesforce/pause.test.ts), and DynamoDB for them. */
const pauseCalls: readonly Call[] = [
  { action: 'cloudformation:DescribeStacks', resource: stackArn },
  { action: 'cloudformation:DescribeStackResource', resource: stackArn },
  { action: 'sqs:GetQueueAttributes', resource: own('sqs', 'stack-ApiCallQueue-1') },
  { action: 'dynamodb:GetItem', ...item('breaker') },
  { action: 'dynamodb:UpdateItem', ...item('breaker') },
  { action: 'lambda:GetEventSourceMapping', ...mapping(ofOperator) },
  { action: 'lambda:UpdateEventSourceMapping', ...mapping(ofOperator) },
  { action: 'kms:Decrypt', resource: own('kms', 'key/k'), context: via('dynamodb') },
];

describe('docs/policies/operator.json', () => {
  it.each(pauseCalls)('allows $action', async (call) => {
    expect(await isAllowedTo(call, operator)).toBe(true);
  });

  it('has no statement that can be left out', async () => {
    for (const identity of withoutEach(operator)) {
      const allowed = await Promise.all(pauseCalls.map((call) => isAllowedTo(call, identity)));
      expect(allowed).toContain(false);
    }
  });

  it.each<[string, Call]>([
    ['another item', { action: 'dynamodb:UpdateItem', ...item('attempts/1') }],
    ['another table', { action: 'dynamodb:UpdateItem', ...item('breaker', 'orders') }],
    ["another function's poller", { action: 'lambda:UpdateEventSourceMapping', ...mapping('x') }],
    ['to delete the poller', { action: 'lambda:DeleteEventSourceMapping', ...mapping(ofOperator) }],
    [
      'to receive requests',
      { action: 'sqs:ReceiveMessage', resource: own('sqs', 'stack-ApiCallQueue-1') },
    ],
    ['the key elsewhere', { action: 'kms:Decrypt', resource: own('kms', 'key/k') }],
  ])('does not allow %s', async (_what, call) => {
    expect(await isAllowedTo(call, operator)).toBe(false);
  });
});
