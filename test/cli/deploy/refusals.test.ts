import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { DescribeSecretCommand, ResourceNotFoundException } from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, fakeAccount, REGION, stackWith } from '../environment/harness.ts';
import { ARN, answersChangeSet, run, useEmptyFolder, writeFile } from './harness.ts';

useEmptyFolder();

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
