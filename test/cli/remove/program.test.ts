import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteStackCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStacksCommand,
} from '@aws-sdk/client-cloudformation';
import {
  DeleteTableCommand,
  DescribeTableCommand,
  ResourceNotFoundException as TableNotFound,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
} from '@aws-sdk/client-s3';
import { DeleteSecretCommand, DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import {
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  QueueDoesNotExist,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../../cli/remove/program.ts';
import { createRecord } from '../../../cli/remove/record.ts';
import {
  ACCOUNT,
  fakeAccount,
  fakeTerminal,
  REGION,
  STACK,
  stackWith,
} from '../environment/harness.ts';
import type { Texts } from '../harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'remove-'));
const record = createRecord(join(folder, 'removed'));
const ARN = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:github-AbCdEf`;

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'test.yaml'),
    `Account: "${ACCOUNT}"\nRegion: ${REGION}\nStackName: ${STACK}\nParameters:\n  GitHubWebhookSecretArn: ${ARN}\n`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RETAINED = {
  ApiCallQueue: 'AWS::SQS::Queue',
  ParkBucket: 'AWS::S3::Bucket',
  IdempotencyTable: 'AWS::DynamoDB::Table',
  EncryptionKey: 'AWS::KMS::Key',
};

/** A deployed stack with a rule, and one resource of each type that outlives it. */
function deployed() {
  const all = { ApiCallRule: 'AWS::Events::Rule', ...RETAINED };
  const resources = Object.entries(all).map(([LogicalResourceId, ResourceType]) => ({
    LogicalResourceId,
    ResourceType,
    PhysicalResourceId: `${LogicalResourceId}-1`,
  }));
  const fake = fakeAccount({ stack: stackWith(), resources });
  const policies = Object.keys(RETAINED).map((id) => [
    id,
    { DeletionPolicy: 'RetainExceptOnCreate' },
  ]);
  const Resources = { ApiCallRule: {}, ...Object.fromEntries(policies) };
  const { cloudFormation, dynamoDb, s3, secretsManager, sqs } = fake;
  cloudFormation.on(GetTemplateCommand).resolves({ TemplateBody: JSON.stringify({ Resources }) });
  cloudFormation.on(DeleteStackCommand).callsFake(async () => {
    cloudFormation.on(DescribeStacksCommand).rejects(new Error('Stack does not exist'));
    const gone = stackWith({}, { StackStatus: 'DELETE_COMPLETE' });
    cloudFormation
      .on(DescribeStacksCommand, { StackName: gone.StackId ?? '' })
      .resolves({ Stacks: [gone] });
    return {};
  });
  sqs.on(GetQueueAttributesCommand).resolves({ Attributes: { ApproximateNumberOfMessages: '7' } });
  sqs.on(DeleteQueueCommand).resolves({});
  s3.on(ListObjectVersionsCommand)
    .resolves({ DeleteMarkers: [{ Key: 'b', VersionId: '1' }] })
    .on(ListObjectVersionsCommand, { KeyMarker: undefined })
    .resolves({
      Versions: [{ Key: 'a', VersionId: '1' }],
      IsTruncated: true,
      NextKeyMarker: 'a',
      NextVersionIdMarker: '1',
    });
  s3.on(DeleteObjectsCommand).resolves({});
  s3.on(ListMultipartUploadsCommand).resolves({});
  s3.on(DeleteBucketCommand).resolves({});
  dynamoDb.on(DescribeTableCommand).resolves({
    Table: { TableStatus: 'ACTIVE', DeletionProtectionEnabled: true },
  });
  dynamoDb.on(UpdateTableCommand).resolves({});
  dynamoDb.on(DeleteTableCommand).resolves({});
  fake.kms.on(ScheduleKeyDeletionCommand).resolves({});
  secretsManager.on(DescribeSecretCommand).resolves({
    ARN,
    Tags: [{ Key: 'salesforce-eventbridge:stack', Value: STACK }],
  });
  secretsManager.on(DeleteSecretCommand).resolves({});
  return fake;
}

type Fake = ReturnType<typeof deployed>;

async function run(args: readonly string[], fake: Fake, answers?: Texts) {
  const { shown, terminal } = fakeTerminal(answers);
  const exitCode = await main([...args, '--folder', folder], terminal, async () => ({
    ...terminal,
    createClients: () => fake.clients,
    explicitRegion: undefined,
    record,
  }));
  return { exitCode, output: shown.lines.join('\n'), ...shown };
}

const deletedStacks = ({ cloudFormation }: Fake): number =>
  cloudFormation.commandCalls(DeleteStackCommand).length;

describe('npm run remove', () => {
  it('shows what is deleted and what stays, with how much it holds', async () => {
    const fake = deployed();
    const { exitCode, output } = await run(['--dry-run'], fake);
    expect([exitCode, deletedStacks(fake)]).toEqual([0, 0]);
    expect(output).toMatch(/Deleted with the stack \(1 resource\):\n {2}Events Rule: 1\nStays/);
    expect(output).toContain('SQS Queue ApiCallQueue: ApiCallQueue-1 (about 7 messages)');
    expect(output).toContain('S3 Bucket ParkBucket: ParkBucket-1 (2 objects)');
    expect(output).toContain(`SecretsManager Secret GitHubWebhookSecretArn: ${ARN}`);
  });

  it('prints one JSON document with --json', async () => {
    const planned = await run(['--dry-run', '--json'], deployed());
    expect(planned.printed).toHaveLength(1);
    expect(JSON.parse(planned.printed.join())).toMatchObject({
      command: 'remove',
      ok: true,
      result: { stackName: STACK, change: 'none', deleted: { 'AWS::Events::Rule': 1 } },
    });
    const { exitCode, printed } = await run(['--yes', '--with-data', '--json'], deployed());
    expect([exitCode, printed.length]).toEqual([0, 1]);
    const { result } = JSON.parse(printed.join());
    expect(result.change).toBe('stack and data removed');
    expect(result.kept).toContainEqual(
      expect.objectContaining({ name: 'ParkBucket', contents: '2 objects' }),
    );
  });

  it('deletes the stack after the user has typed its name, and says how to delete the rest', async () => {
    const fake = deployed();
    expect((await run([], fake, { 'type the name': 'yes' })).exitCode).toBe(130);
    expect(deletedStacks(fake)).toBe(0);
    const { exitCode, output } = await run([], fake, { 'type the name': STACK });
    expect([exitCode, deletedStacks(fake)]).toEqual([0, 1]);
    expect(output).toContain('npm run remove -- --env test --with-data');
    expect(fake.s3.commandCalls(DeleteBucketCommand)).toHaveLength(0);
  });

  it('empties and deletes the data with --with-data, in one run or in two', async () => {
    const fake = deployed();
    await run(['--yes'], fake);
    const { exitCode, output } = await run(['--yes', '--with-data'], fake);
    expect(exitCode).toBe(0);
    const { dynamoDb, kms, s3, secretsManager, sqs } = fake;
    expect(s3.commandCalls(DeleteObjectsCommand)).toHaveLength(2);
    expect(s3.commandCalls(DeleteBucketCommand)).toHaveLength(1);
    expect(sqs.commandCalls(DeleteQueueCommand)).toHaveLength(1);
    expect(dynamoDb.commandCalls(UpdateTableCommand)[0]?.args[0].input).toMatchObject({
      DeletionProtectionEnabled: false,
    });
    expect(dynamoDb.commandCalls(DeleteTableCommand)).toHaveLength(1);
    expect(kms.commandCalls(ScheduleKeyDeletionCommand)).toHaveLength(1);
    expect(secretsManager.commandCalls(DeleteSecretCommand)).toHaveLength(1);
    expect(output).toContain('Nothing is left');
  });

  it('goes on after an interruption, whatever is gone already', async () => {
    const fake = deployed();
    fake.dynamoDb.on(DescribeTableCommand).rejectsOnce(new Error('network'));
    expect((await run(['--yes', '--with-data'], fake)).exitCode).toBe(2);
    const gone = new QueueDoesNotExist({ message: 'gone', $metadata: {} });
    fake.sqs.on(GetQueueAttributesCommand).rejects(gone).on(DeleteQueueCommand).rejects(gone);
    fake.dynamoDb
      .on(DescribeTableCommand)
      .rejects(new TableNotFound({ message: 'gone', $metadata: {} }));
    const { exitCode, output } = await run(['--yes', '--with-data'], fake);
    expect(exitCode).toBe(0);
    expect(output).toContain('Nothing is left');
    expect(fake.kms.commandCalls(ScheduleKeyDeletionCommand)).toHaveLength(1);
    fake.secretsManager.on(DescribeSecretCommand).resolves({ ARN, DeletedDate: new Date() });
    expect((await run(['--yes', '--with-data'], fake)).output).toContain('nothing of it is left');
  });

  it('leaves secrets that it did not write', async () => {
    const fake = deployed();
    fake.secretsManager.on(DescribeSecretCommand).resolves({ ARN });
    const { output } = await run(['--dry-run', '--with-data'], fake);
    expect(output).not.toContain('GitHubWebhookSecretArn');
  });

  it('refuses while destinations are attached, and names the commands', async () => {
    const fake = deployed();
    fake.cloudFormation.on(ListStacksCommand).resolves({
      StackSummaries: [
        {
          StackName: `${STACK}-to-slack`,
          StackStatus: 'CREATE_COMPLETE',
          CreationTime: new Date(),
        },
      ],
    });
    const { exitCode, output } = await run(['--yes'], fake);
    expect([exitCode, deletedStacks(fake)]).toEqual([1, 0]);
    expect(output).toContain(`npm run destination -- remove slack --stack-name ${STACK}`);
  });

  it('refuses another account, an unknown environment, and to ask where nobody answers', async () => {
    const other = fakeAccount({ account: '999999999999' });
    expect((await run(['--yes'], { ...deployed(), ...other })).output).toContain('signed in to');
    const unknown = await run(['--env', 'prod'], deployed());
    expect([unknown.exitCode, unknown.output]).toEqual([
      2,
      expect.stringContaining('There are test'),
    ]);
    expect((await run([], deployed())).output).toContain('pass --yes');
  });
});
