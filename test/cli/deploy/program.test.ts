import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DeleteChangeSetCommand,
  DeleteStackCommand,
  type ResourceChange,
} from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { root } from '../../../local/stack/paths.ts';
import { ACCOUNT, fakeAccount, REGION, STACK, stackWith } from '../environment/harness.ts';
import {
  added,
  answersChangeSet,
  executed,
  file,
  handedOver,
  run,
  useEmptyFolder,
  writeFile,
} from './harness.ts';

useEmptyFolder();

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

  it('prints one JSON document with --json, and everything else on standard error', async () => {
    writeFile();
    const fake = fakeAccount();
    answersChangeSet(fake);
    const dryRun = await run(['--dry-run', '--json'], fake);
    const planned = { stackName: STACK, region: REGION, changes: [{ kind: 'added' }] };
    expect(dryRun.printed).toHaveLength(1);
    expect(JSON.parse(dryRun.printed.join())).toMatchObject({
      command: 'deploy',
      ok: true,
      result: { ...planned, change: 'dry run' },
    });
    const { exitCode, printed, output } = await run(['--yes', '--json'], fake);
    expect([exitCode, printed.length]).toEqual([0, 1]);
    expect(JSON.parse(printed.join())).toMatchObject({
      ok: true,
      result: { ...planned, change: 'created', outputs: {} },
    });
    expect(output).toContain('npm run salesforce -- check');
  });

  it('prints what it had done when the deployment fails', async () => {
    writeFile();
    const fake = fakeAccount();
    answersChangeSet(fake, undefined, 'ROLLBACK_COMPLETE');
    const { exitCode, printed } = await run(['--yes', '--json'], fake);
    expect([exitCode, printed.length]).toEqual([1, 1]);
    const status = 'ROLLBACK_COMPLETE';
    expect(JSON.parse(printed.join())).toMatchObject({
      ok: false,
      result: { stackName: STACK, change: 'failed', status, changes: [{ kind: 'added' }] },
      error: { message: expect.stringContaining(status), remedy: expect.stringContaining('again') },
    });
  });

  it.each([
    [['--guided', '--json'], '--guided is an option of the SAM CLI'],
    [['--yes', '--set', 'MaxAttempt=1', '--json'], 'MaxAttempt'],
  ])('prints one for a wrong command line too: %j', async (args, message) => {
    const { exitCode, printed } = await run(args, fakeAccount());
    expect([exitCode, printed.length]).toEqual([2, 1]);
    expect(JSON.parse(printed.join())).toMatchObject({
      command: 'deploy',
      ok: false,
      error: { message: expect.stringContaining(message) },
    });
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

  it.each(
    globSync(['*.md', 'docs/**/*.md', 'cli/**/*.ts', 'deploy/*.yaml', 'template.yaml'], {
      cwd: root,
    }),
  )('has the options that %s names', async (page) => {
    const { output } = await run(['--help'], fakeAccount());
    const known = [...output.matchAll(/--[a-z][\w-]*/g)].map(([option]) => option);
    const lines = readFileSync(join(root, page), 'utf8').matchAll(/npm run deploy -- ([^`'\n]*)/g);
    const named = [...lines].flatMap(([, line = '']) => line.match(/--[a-z][\w-]*/g) ?? []);
    expect(named.filter((option) => !known.includes(option))).toEqual([]);
  });
});
