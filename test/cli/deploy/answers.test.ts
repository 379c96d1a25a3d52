import { describe, expect, it } from 'vitest';
import {
  type Answers,
  deployAgainst,
  FAKE_ACCOUNT,
  jsonError,
  missingStack,
  type Scene,
  STACK_ID,
  samStack,
  stackThatIs,
  xml,
  xmlError,
} from './fake-aws.ts';

const expired = () =>
  xmlError('ExpiredToken', 'The security token included in the request is expired', 403);

/** Answers differently once CloudFormation executes the change set. */
function whileDeploying(during: Answers): Answers {
  let isExecuted = false;
  const before: Answers = {
    DescribeStacks: missingStack,
    DescribeStackEvents: () => xml('DescribeStackEvents'),
  };
  const switched = Object.entries(during).map(([action, answer]) => [
    action,
    (parameters: URLSearchParams) => (isExecuted ? answer : (before[action] ?? answer))(parameters),
  ]);
  return {
    ...Object.fromEntries(switched),
    ExecuteChangeSet: () => {
      isExecuted = true;
      return xml('ExecuteChangeSet');
    },
  };
}

describe('credentials', () => {
  it.each<[string, Scene, string, number]>([
    ['expired', { answers: { GetCallerIdentity: expired } }, 'credentials have expired', 2],
    [
      'missing',
      { env: { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined } },
      'No AWS credentials were found',
      2,
    ],
    [
      'expired while CloudFormation works',
      { answers: whileDeploying({ DescribeStacks: expired }) },
      `describe-stack-events --stack-name ${STACK_ID}`,
      1,
    ],
    [
      'expired between two looks at the events',
      {
        answers: whileDeploying({
          DescribeStacks: stackThatIs('CREATE_IN_PROGRESS'),
          DescribeStackEvents: expired,
        }),
      },
      'CloudFormation goes on with the deployment',
      1,
    ],
    [
      'not asked for, because a proxy answers',
      { answers: { GetCallerIdentity: () => ({ status: 503, body: '<html/>' }) } },
      'HTTP status 503, without an explanation. Wait a minute',
      2,
    ],
  ])('%s', async (_what, scene, expected, code) => {
    const { exitCode, output } = await deployAgainst(scene);
    expect(output).toContain(expected);
    expect(exitCode).toBe(code);
  });
});

const denial = (action: string) =>
  jsonError(
    'AccessDeniedException',
    `User: arn:aws:iam::${FAKE_ACCOUNT}:user/dev is not authorized to perform: ${action} on resource: *`,
  );

describe('a deployer without the right to make a check', () => {
  it.each<[string, string, Answers, string[]]>([
    [
      'Concurrency',
      'lambda:GetAccountSettings',
      { GetAccountSettings: () => denial('lambda:GetAccountSettings') },
      [],
    ],
    [
      'The number of event buses',
      'events:ListEventBuses',
      { ListEventBuses: () => denial('events:ListEventBuses') },
      [],
    ],
    [
      'The number of rules',
      'events:ListRules',
      { ListRules: () => denial('events:ListRules') },
      ['--set', 'EventBusName=shop'],
    ],
    [
      'The bucket for the build',
      's3:ListBucket',
      { DescribeStacks: samStack, HeadBucket: () => ({ status: 403, body: '' }) },
      [],
    ],
  ])('is warned that %s is not checked for lack of %s', async (what, action, answers, args) => {
    const { exitCode, output } = await deployAgainst({ answers, args: ['--dry-run', ...args] });
    expect(output).toContain(`Warning: ${what} could not be checked: you lack ${action}`);
    expect(output).toContain('The other checks passed.');
    expect(output).toContain('Dry run: nothing was deployed.');
    expect(exitCode).toBe(0);
  });

  it('is stopped where the deployment itself needs the right', async () => {
    const action = 'cloudformation:CreateChangeSet';
    const answers = {
      CreateChangeSet: () => xmlError('AccessDenied', `not authorized to perform: ${action}`, 403),
    };
    const { exitCode, output } = await deployAgainst({ answers });
    expect(output).toContain(action);
    expect(output).toContain('docs/policies/deployer.json');
    expect(exitCode).toBe(2);
  });
});

describe('a stack in another state', () => {
  it.each([
    ['UPDATE_FAILED', 'aws cloudformation rollback-stack --stack-name shop'],
    ['UPDATE_ROLLBACK_FAILED', 'continue-update-rollback --stack-name shop'],
    ['DELETE_FAILED', 'npm run remove'],
    ['CREATE_IN_PROGRESS', 'another deployment or removal is in progress'],
  ])('%s is refused with what to do', async (status, expected) => {
    const { actions, exitCode, output } = await deployAgainst({
      answers: { DescribeStacks: stackThatIs(status) },
    });
    expect(output).toContain(expected);
    expect(actions).not.toContain('CreateChangeSet');
    expect(exitCode).toBe(1);
  });

  it('that is in review, from a change set that nobody executed, is created', async () => {
    const answers = { DescribeStacks: stackThatIs('REVIEW_IN_PROGRESS') };
    const { exitCode, output } = await deployAgainst({ answers, args: ['--dry-run'] });
    expect(output).toContain('added (1)');
    expect(exitCode).toBe(0);
  });

  it('that failed and is protected says how to lift the protection', async () => {
    const protectedStack = 'Stack [shop] cannot be deleted while TerminationProtection is enabled';
    const { exitCode, output } = await deployAgainst({
      answers: {
        DescribeStacks: stackThatIs('ROLLBACK_COMPLETE'),
        DeleteStack: () => xmlError('ValidationError', protectedStack),
      },
    });
    expect(output).toContain('--no-enable-termination-protection');
    expect(exitCode).toBe(2);
  });
});

describe('a change set', () => {
  const failed = (reason: string): Answers => ({
    DescribeChangeSet: () =>
      xml('DescribeChangeSet', `<Status>FAILED</Status><StatusReason>${reason}</StatusReason>`),
  });

  it('without changes is no failure', async () => {
    const answers = {
      ...failed("The submitted information didn't contain changes."),
      DescribeStacks: stackThatIs('CREATE_COMPLETE'),
    };
    const { exitCode, output } = await deployAgainst({ answers });
    expect(output).toContain('No changes: shop is as production.yaml says.');
    expect(exitCode).toBe(0);
  });

  it('that fails shows the reason, and leaves nothing', async () => {
    const answers = failed('Transform AWS::Serverless-2016-10-31 failed');
    const { actions, exitCode, output } = await deployAgainst({
      answers,
      args: ['--yes', '--set', 'MaxAttempts=8'],
    });
    expect(output).toContain('CloudFormation refused the deployment: Transform');
    expect(actions).toEqual(expect.arrayContaining(['DeleteChangeSet', 'DeleteStack']));
    expect(exitCode).toBe(1);
  });
});

it('a bucket of the SAM CLI that is gone is refused with how to make it again', async () => {
  const answers = { DescribeStacks: samStack, HeadBucket: () => ({ status: 404, body: '' }) };
  const { exitCode, output } = await deployAgainst({ answers });
  expect(output).toContain('delete-stack --stack-name aws-sam-cli-managed-default');
  expect(exitCode).toBe(2);
});

it('a bus that does not exist is refused before anything is built', async () => {
  const answers = {
    ListRules: () => jsonError('ResourceNotFoundException', 'Event bus shop does not exist.'),
  };
  const { exitCode, output } = await deployAgainst({
    answers,
    args: ['--yes', '--set', 'EventBusName=shop'],
  });
  expect(output).toContain("EventBusName: the bus shop doesn't exist in this account and Region.");
  expect(exitCode).toBe(2);
});
