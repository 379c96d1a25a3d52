import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  type Parameter,
  type ResourceChange,
} from '@aws-sdk/client-cloudformation';
import { GetFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../../cli/deploy/program.ts';
import {
  ACCOUNT,
  fakeAccount,
  fakeTerminal,
  REGION,
  STACK,
  stackWith,
} from '../environment/harness.ts';
import type { Texts } from '../harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'deploy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const ARN = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:a-AbCdEf`;
const file = join(folder, 'production.yaml');

function writeFile(parameters: Texts = {}, { stackName = STACK, account = ACCOUNT } = {}): void {
  rmSync(folder, { recursive: true, force: true });
  const lines = Object.entries(parameters).map(([name, value]) => `  ${name}: ${value} # why\n`);
  const head = `Account: "${account}"\nRegion: ${REGION}\nStackName: ${stackName}\nParameters:\n`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${head}${lines.join('')}`);
}

type Fake = ReturnType<typeof fakeAccount>;

const added: ResourceChange[] = [
  { Action: 'Add', LogicalResourceId: 'ApiCallRule', ResourceType: 'AWS::Events::Rule' },
];

/** CloudFormation finds these changes, and deploys them to this status. */
function answersChangeSet({ cloudFormation }: Fake, changes = added, status = 'CREATE_COMPLETE') {
  cloudFormation
    .on(CreateChangeSetCommand)
    .resolves({ Id: 'change-set', StackId: 'arn:stack/new' });
  cloudFormation.on(DescribeChangeSetCommand).resolves(
    changes.length > 0
      ? {
          Status: 'CREATE_COMPLETE',
          Changes: changes.map((ResourceChange) => ({ ResourceChange })),
        }
      : { Status: 'FAILED', StatusReason: "The submitted information didn't contain changes." },
  );
  cloudFormation.on(ExecuteChangeSetCommand).callsFake(async () => {
    cloudFormation.on(DescribeStackEventsCommand).resolves({
      StackEvents: [
        {
          StackId: 'arn:stack/new',
          EventId: 'new',
          StackName: STACK,
          Timestamp: new Date(0),
          LogicalResourceId: 'ApiCallRule',
          ResourceType: 'AWS::Events::Rule',
          ResourceStatus: /ROLLBACK/.test(status) ? 'CREATE_FAILED' : 'CREATE_COMPLETE',
          ResourceStatusReason: 'Limit exceeded',
        },
      ],
    });
    const stack = stackWith({}, { StackStatus: Object(status), StackId: 'arn:stack/new' });
    cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [stack] });
    return {};
  });
  cloudFormation.on(DescribeStackEventsCommand).resolves({ StackEvents: [] });
  cloudFormation.on(DeleteChangeSetCommand).resolves({});
  cloudFormation.on(DeleteStackCommand).resolves({});
}

async function run(args: readonly string[], fake: Fake, answers?: Texts, explicitRegion?: string) {
  const { shown, terminal } = fakeTerminal(answers);
  let builds = 0;
  const exitCode = await main(args, {
    ...terminal,
    createClients: () => fake.clients,
    folder,
    explicitRegion,
    shellRegion: async () => REGION,
    packageTemplate: async () => {
      builds += 1;
      return 'https://s3.eu-central-1.amazonaws.com/bucket/template';
    },
    intervalMs: 1,
  });
  return { exitCode, builds, output: shown.lines.join('\n'), questions: shown.questions };
}

const handedOver = ({ cloudFormation }: Fake): Record<string, string | undefined> => {
  const [call] = cloudFormation.commandCalls(CreateChangeSetCommand);
  const { Parameters = [] } = call?.args[0].input ?? {};
  return Object.fromEntries(
    Parameters.map(({ ParameterKey = '', ParameterValue, UsePreviousValue }: Parameter) => [
      ParameterKey,
      UsePreviousValue ? '(previous)' : ParameterValue,
    ]),
  );
};

const executed = ({ cloudFormation }: Fake): number =>
  cloudFormation.commandCalls(ExecuteChangeSetCommand).length;

describe('npm run deploy', () => {
  it('deploys exactly the file: its values, and the defaults of all others', async () => {
    writeFile({ MaxAttempts: '3' });
    const fake = fakeAccount();
    answersChangeSet(fake);
    const { exitCode, output } = await run(['--yes'], fake);
    expect([exitCode, executed(fake)]).toEqual([0, 1]);
    expect(handedOver(fake)).toMatchObject({ MaxAttempts: '3', PreviousSecretHours: '24' });
    expect(output).toContain(`${STACK} in ${REGION}, account ${ACCOUNT}`);
    expect(output).toContain('added (1)');
    expect(output).toContain(`${STACK} is created.`);
    expect(output).toContain('npm run salesforce -- check');
  });

  it('writes --set into the file, whose comments stay', async () => {
    writeFile({ MaxAttempts: '3' });
    const fake = fakeAccount({ stack: stackWith({ MaxAttempts: '3' }) });
    answersChangeSet(fake, added, 'UPDATE_COMPLETE');
    expect((await run(['--yes', '--set', 'MaxAttempts=8'], fake)).exitCode).toBe(0);
    expect(handedOver(fake)).toMatchObject({
      MaxAttempts: '8',
      GitHubWebhookSecret: '(previous)',
    });
    expect(readFileSync(file, 'utf8')).toContain('MaxAttempts: 8 # why');
  });

  it('says so when there is nothing to deploy', async () => {
    writeFile();
    const fake = fakeAccount({ stack: stackWith() });
    answersChangeSet(fake, []);
    const { exitCode, output } = await run(['--yes'], fake);
    expect([exitCode, executed(fake)]).toEqual([0, 0]);
    expect(output).toContain('No changes');
  });

  it('shows the changes of a dry run, and leaves nothing behind', async () => {
    writeFile();
    const fake = fakeAccount();
    answersChangeSet(fake);
    const { exitCode, output } = await run(['--dry-run', '--set', 'MaxAttempts=8'], fake);
    expect([exitCode, executed(fake)]).toEqual([0, 0]);
    expect(output).toContain('Dry run: nothing was deployed.');
    expect(fake.cloudFormation.commandCalls(DeleteChangeSetCommand)).toHaveLength(1);
    expect(fake.cloudFormation.commandCalls(DeleteStackCommand)).toHaveLength(1);
    expect(readFileSync(file, 'utf8')).not.toContain('MaxAttempts');
  });

  it('says why CloudFormation rolled back', async () => {
    writeFile();
    const fake = fakeAccount();
    answersChangeSet(fake, added, 'ROLLBACK_COMPLETE');
    const { exitCode, output } = await run(['--yes'], fake);
    expect(exitCode).toBe(1);
    expect(output).toContain('ApiCallRule (AWS::Events::Rule): Limit exceeded');
    expect(output).toContain('removes what is left and starts again');
  });

  describe('with a stack that differs from the file', () => {
    const drifted = () => {
      writeFile({ MaxAttempts: '3' });
      const fake = fakeAccount({ stack: stackWith({ MaxAttempts: '3', BatchSize: '10' }) });
      answersChangeSet(fake, added, 'UPDATE_COMPLETE');
      return fake;
    };

    it('lists the values and refuses with --yes, before anything is built', async () => {
      const fake = drifted();
      const { builds, exitCode, output } = await run(['--yes'], fake);
      expect([exitCode, builds, executed(fake)]).toEqual([1, 0, 0]);
      expect(output).toContain("BatchSize: 10 is deployed; the template's default says 1000");
    });

    it('asks on a terminal', async () => {
      const fake = drifted();
      expect((await run([], fake, { 'Deploy the values': 'n' })).exitCode).toBe(130);
      const answers = { 'Deploy the values': 'y', 'Deploy these': 'y' };
      expect((await run([], fake, answers)).exitCode).toBe(0);
      expect(handedOver(fake)).toMatchObject({ BatchSize: '1000' });
    });

    it('keeps a value that --set names', async () => {
      const fake = drifted();
      expect((await run(['--yes', '--set', 'BatchSize=10'], fake)).exitCode).toBe(0);
      expect(readFileSync(file, 'utf8')).toContain('BatchSize: 10');
    });
  });

  it('refuses to replace what holds data, unless --replace is given', async () => {
    writeFile();
    const fake = fakeAccount({ stack: stackWith() });
    const replaced: ResourceChange = {
      Action: 'Modify',
      Replacement: 'True',
      LogicalResourceId: 'IdempotencyTable',
      ResourceType: 'AWS::DynamoDB::Table',
    };
    answersChangeSet(fake, [replaced], 'UPDATE_COMPLETE');
    const { exitCode, output } = await run(['--yes'], fake);
    expect([exitCode, executed(fake)]).toEqual([1, 0]);
    expect(output).toContain('IdempotencyTable would be replaced');
    expect(fake.cloudFormation.commandCalls(DeleteStackCommand)).toHaveLength(0);
    expect((await run(['--yes', '--replace'], fake)).exitCode).toBe(0);
  });
});

describe('before anything is built, npm run deploy', () => {
  it.each([
    [['--set', 'MaxAtempts=1'], 'did you mean MaxAttempts?'],
    [['--set', 'MaxAttempts=4'], 'the closest is 3'],
    [['--set', 'nonsense'], 'Name=Value'],
    [['--set', 'GitHubWebhookSecret=canary'], 'give GitHubWebhookSecretArn instead'],
    [['--dryrun'], 'Did you mean --dry-run?'],
    [['--guided'], 'npm run deploy asks by itself'],
    [['--parameter-overrides', 'A=b'], '--set Name=Value'],
    [['--env', 'Prod/1', '--yes'], 'is not a name'],
    [['--env', 'prodution', '--yes'], 'There are production.'],
    [
      ['--yes', '--set', 'SalesforceMyDomainUrl=https://a.my.salesforce.com'],
      'API destinations need',
    ],
  ])('refuses %j', async (args, problem) => {
    writeFile();
    const { builds, exitCode, output } = await run(args, fakeAccount());
    expect(output).toContain(problem);
    expect([exitCode, builds]).toEqual([2, 0]);
  });

  it.each([
    ['an unknown parameter', { Foo: 'bar' }, 'no parameter Foo'],
    ['a secret', { TwilioWebhookSecret: 'canary' }, 'TwilioWebhookSecretArn instead'],
  ])('refuses %s in the file', async (_what, parameters, problem) => {
    writeFile(parameters);
    const { builds, exitCode, output } = await run(['--yes'], fakeAccount());
    expect(output).toContain(problem);
    expect(output).not.toContain('canary');
    expect([exitCode, builds]).toEqual([2, 0]);
  });

  it.each([
    [41, 0],
    [42, 2],
    [64, 2],
  ])('with a stack name of %i characters exits with %i', async (length, expected) => {
    writeFile({}, { stackName: 's'.repeat(length) });
    const fake = fakeAccount();
    answersChangeSet(fake);
    const { builds, exitCode, output } = await run(['--dry-run'], fake);
    expect([exitCode, builds]).toEqual([expected, expected === 0 ? 1 : 0]);
    if (expected !== 0) expect(output).toContain('Shorten the stack name to at most 41');
  });

  it.each([
    [10, 2],
    [110, 2],
    [1_000, 0],
  ])(
    'in an account with %i executions, and both webhooks, exits with %i',
    async (unreserved, expected) => {
      writeFile({ GitHubWebhookSecretArn: ARN, TwilioWebhookSecretArn: ARN });
      const fake = fakeAccount({ unreserved });
      fake.secretsManager.on(DescribeSecretCommand).resolves({ ARN });
      answersChangeSet(fake);
      const { builds, exitCode, output } = await run(['--dry-run'], fake);
      expect([exitCode, builds]).toEqual([expected, expected === 0 ? 1 : 0]);
      if (expected !== 0) expect(output).toContain('--set WebhookReservedConcurrency=');
    },
  );

  it('counts what the stack holds already', async () => {
    writeFile({ GitHubWebhookSecretArn: ARN });
    const resources = [
      {
        LogicalResourceId: 'GitHubWebhookFunction',
        PhysicalResourceId: 'github',
        ResourceType: 'AWS::Lambda::Function',
      },
    ];
    const stack = stackWith({ GitHubWebhookSecretArn: ARN });
    const fake = fakeAccount({ stack, resources, unreserved: 100 });
    fake.secretsManager.on(DescribeSecretCommand).resolves({ ARN });
    fake.lambda.on(GetFunctionConcurrencyCommand).resolves({ ReservedConcurrentExecutions: 10 });
    answersChangeSet(fake, []);
    expect((await run(['--yes'], fake)).exitCode).toBe(0);
  });

  it('refuses a secret that does not exist, or is about to be deleted', async () => {
    writeFile({ GitHubWebhookSecretArn: ARN });
    const fake = fakeAccount();
    const missing = new ResourceNotFoundException({ message: 'no', $metadata: {} });
    fake.secretsManager.on(DescribeSecretCommand).rejects(missing);
    expect((await run(['--yes'], fake)).output).toContain("doesn't exist in this account");
    fake.secretsManager.on(DescribeSecretCommand).resolves({ ARN, DeletedDate: new Date() });
    expect((await run(['--yes'], fake)).output).toContain('restore-secret');
  });

  it('refuses another account, and another Region', async () => {
    writeFile();
    const other = await run(['--yes'], fakeAccount({ account: '999999999999' }));
    expect(other.output).toContain(
      `is for account ${ACCOUNT}, but your shell is signed in to 999999999999`,
    );
    const region = await run(['--yes'], fakeAccount(), undefined, 'us-east-1');
    expect(region.output).toContain(
      `is for ${REGION}, but AWS_REGION or AWS_DEFAULT_REGION is us-east-1`,
    );
    expect([other.exitCode, region.exitCode, other.builds, region.builds]).toEqual([2, 2, 0, 0]);
  });

  it.each([
    ['CredentialsProviderError', 'Could not load credentials', 'No AWS credentials were found'],
    ['ExpiredTokenException', 'The security token included is expired', 'have expired'],
  ])('explains %s', async (name, message, expected) => {
    writeFile();
    const fake = fakeAccount();
    fake.sts.on(GetCallerIdentityCommand).rejects(Object.assign(new Error(message), { name }));
    const { exitCode, output } = await run(['--yes'], fake);
    expect(output).toContain(expected);
    expect(exitCode).toBe(2);
  });

  it('explains a Region that is not enabled', async () => {
    writeFile();
    const fake = fakeAccount();
    const invalid = Object.assign(new Error('invalid token'), { name: 'InvalidClientTokenId' });
    fake.sts.on(GetCallerIdentityCommand).rejectsOnce(invalid).resolves({ Account: ACCOUNT });
    const { exitCode, output } = await run(['--yes'], fake);
    expect(output).toContain(`The Region ${REGION} is not enabled in account ${ACCOUNT}`);
    expect(exitCode).toBe(2);
  });

  it.each([
    ['UPDATE_IN_PROGRESS', 'another deployment'],
    ['UPDATE_ROLLBACK_FAILED', 'continue-update-rollback'],
  ] as const)('refuses a stack that is %s', async (StackStatus, expected) => {
    writeFile();
    const fake = fakeAccount({ stack: stackWith({}, { StackStatus }) });
    const { builds, exitCode, output } = await run(['--yes'], fake);
    expect(output).toContain(expected);
    expect([exitCode, builds]).toEqual([1, 0]);
  });

  it('explains a bucket of the SAM CLI that is gone', async () => {
    writeFile();
    const fake = fakeAccount();
    const StackName = 'aws-sam-cli-managed-default';
    const Outputs = [{ OutputKey: 'SourceBucket', OutputValue: 'bucket' }];
    const stack = { StackName, CreationTime: new Date(0), StackStatus: 'CREATE_COMPLETE' as const };
    fake.cloudFormation
      .on(DescribeStacksCommand, { StackName })
      .resolves({ Stacks: [{ ...stack, Outputs }] });
    fake.s3.on(HeadBucketCommand).rejects(Object.assign(new Error('no'), { name: 'NotFound' }));
    const { builds, output } = await run(['--yes'], fake);
    expect(output).toContain(`delete-stack --stack-name ${StackName}`);
    expect(builds).toBe(0);
  });

  it('without a terminal, asks for --yes or --dry-run', async () => {
    writeFile();
    expect((await run([], fakeAccount())).output).toContain('pass --yes');
  });
});

describe('the first npm run deploy', () => {
  it('asks, writes the secrets and the file, and deploys', async () => {
    const fake = fakeAccount();
    answersChangeSet(fake);
    fake.secretsManager.on(CreateSecretCommand).resolves({ ARN });
    fake.secretsManager.on(DescribeSecretCommand).resolves({ ARN });
    fake.sns
      .on(CreateTopicCommand)
      .resolves({ TopicArn: 'arn:aws:sns:eu-central-1:123456789012:t' });
    fake.sns.on(SubscribeCommand).resolves({});
    const { exitCode, output, questions } = await run([], fake, {
      'GitHub webhooks?': 'y',
      'GitHub webhook secret (': 'canary-secret',
      alarms: 'ops@example.com',
      'Deploy these': 'y',
    });
    expect(exitCode).toBe(0);
    expect(questions.some((question) => question.includes('Twilio auth token ('))).toBe(false);
    const [secret] = fake.secretsManager.commandCalls(CreateSecretCommand);
    expect(secret?.args[0].input).toMatchObject({
      Name: `${STACK}/github-webhook`,
      SecretString: 'canary-secret',
    });
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(`Account: "${ACCOUNT}"`);
    expect(text).toContain(`GitHubWebhookSecretArn: ${ARN}`);
    expect(text).toContain('AlarmTopicArn: arn:aws:sns');
    expect(`${text}${output}`).not.toContain('canary-secret');
    expect(handedOver(fake)).toMatchObject({
      GitHubWebhookSecret: '',
      GitHubWebhookSecretArn: ARN,
    });
  });

  it('reserves what the account allows', async () => {
    const fake = fakeAccount({ unreserved: 10 });
    answersChangeSet(fake);
    fake.secretsManager.on(DescribeSecretCommand).resolves({ ARN });
    const answers = { 'GitHub webhooks?': 'y', 'ARN of an existing secret with the webhook': ARN };
    const { output } = await run([], fake, { ...answers, 'Deploy these': 'y' });
    expect(output).toContain('too few to reserve 10 for each webhook');
    expect(readFileSync(file, 'utf8')).toContain('WebhookReservedConcurrency: -1');
  });

  it('makes the file of a stack that is deployed already', async () => {
    const fake = fakeAccount({ stack: stackWith({ PreviousSecretHours: '0', MaxAttempts: '8' }) });
    answersChangeSet(fake, []);
    const { exitCode, questions } = await run([], fake, {});
    expect(exitCode).toBe(0);
    expect(questions.some((question) => question.includes('GitHub'))).toBe(false);
    expect(readFileSync(file, 'utf8')).toMatch(/PreviousSecretHours: 0\n {2}MaxAttempts: 8\n/);
    expect(handedOver(fake)).toMatchObject({ GitHubWebhookSecret: '(previous)', MaxAttempts: '8' });
  });

  it('asks whether a name that resembles one of another environment is right', async () => {
    writeFile();
    const { exitCode, questions } = await run(['--env', 'prodution'], fakeAccount(), {});
    expect(questions).toEqual([
      'There is no environment prodution. Did you mean production? Create prodution? [y/N]',
    ]);
    expect(exitCode).toBe(130);
  });
});
