import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { fakeFunction, messages } from './fake-function.ts';
import { answered, fakeAws, functionError, run } from './harness.ts';

describe('the confirmation', () => {
  const queues = () => ({
    apicall: [...messages(3), ...messages(1, { decision: 'park', reason: 'PERMANENT' })],
  });

  it('shows a dry run, and yes starts the command', async () => {
    const fake = fakeFunction(queues());
    const { prompts, exitCode, stdout, stderr } = await run(['redrive'], fakeAws(fake.report), {
      answer: 'y',
    });
    expect(stderr).toMatch(/3 would be redriven, 1 would be parked/);
    expect(prompts).toEqual([
      'Redrive 3 messages in salesforce-eventbridge (us-east-1)? [y/N]',
      'Park 1 message in salesforce-eventbridge (us-east-1)? [y/N]',
    ]);
    expect(stderr).not.toMatch(/Dry run|was changed/);
    expect(stdout).toContain('3 messages redriven, 1 parked.');
    expect(exitCode).toBe(0);
    expect(fake.left('apicall')).toBe(0);
  });

  it.each([
    [['y', 'n'], 'redrive'],
    [['n', 'y'], 'park'],
  ])('with the answers %j makes only the moves of one kind', async (answers, only) => {
    const fake = fakeFunction(queues());
    const args = ['redrive', '--queue', 'apicall'];
    const { exitCode } = await run(args, fakeAws(fake.report), { answer: answers });
    expect(exitCode).toBe(0);
    expect(fake.commands.filter(({ dryRun }) => !dryRun)).toMatchObject([{ only }]);
  });

  it('of drop is one question, and the record names who ran the command', async () => {
    const fake = fakeFunction({ parked: messages(2, { decision: 'drop', reason: 'dropped' }) });
    const aws = fakeAws(fake.report);
    const args = ['drop', '--queue', 'parked', '--filter', 'object=Case', '--reason', 'a test'];
    const { prompts, stdout } = await run(args, aws, { answer: 'y' });
    expect(prompts).toEqual(['Drop 2 messages in salesforce-eventbridge (us-east-1)? [y/N]']);
    expect(fake.commands.at(-1)).toMatchObject({
      action: 'drop',
      queue: 'parked',
      dropReason: 'a test',
      droppedBy: 'arn:of:somebody',
    });
    expect(stdout).toContain('2 messages dropped.');
  });

  it('of drop is made although nobody can say who runs it', async () => {
    const fake = fakeFunction({ parked: messages(1, { decision: 'drop' }) });
    const aws = fakeAws(fake.report);
    aws.mocks.sts.on(GetCallerIdentityCommand).rejects(new Error('no'));
    const args = ['drop', '--yes', '--filter', 'key=parked/', '--reason', 'a test'];
    const { exitCode, stdout } = await run(args, aws);
    expect([exitCode, fake.left('parked')]).toEqual([0, 0]);
    expect(stdout).toContain('1 message dropped.');
  });

  it('of unpark tells why the messages failed, and with an id that is not there how to look for it', async () => {
    const fake = fakeFunction({ parked: messages(1, { message: 'No such column' }) });
    const args = ['unpark', '--filter', 'id=a', '--local'];
    const { stderr } = await run(args, fakeAws(fake.report), { answer: 'n' });
    expect(stderr).toMatch(/error message: No such column[\s\S]*1 message left as it is\.$/);
    const none = await run([...args, '--yes'], fakeAws(fakeFunction({ parked: [] }).report));
    expect(none.stdout).toContain('To look for the message: npm run dlq -- show a --local');
  });

  it('of unpark says what follows from the outcome', async () => {
    const fake = fakeFunction({ parked: messages(1) });
    const args = ['unpark', '--filter', 'id=a', '--applied'];
    const { prompts, stdout } = await run(args, fakeAws(fake.report), { answer: 'y' });
    expect(prompts).toEqual(['Unpark 1 message in salesforce-eventbridge (us-east-1)? [y/N]']);
    expect(stdout).toMatch(/^parked {3}1 unparked$/m);
    expect(stdout).toContain(
      '1 message unparked: apicall replies with success, and makes no call.',
    );
  });

  it.each(['', 'n', 'yo', 'no'])('takes "%s" for no, and moves nothing', async (answer) => {
    const fake = fakeFunction(queues());
    const { exitCode, stderr } = await run(['redrive'], fakeAws(fake.report), { answer });
    expect(stderr).toContain('Nothing was changed: 4 messages left as they are.');
    expect(exitCode).toBe(0);
    expect(fake.work()).toEqual([]);
  });

  it('is skipped when there is nothing to move', async () => {
    const fake = fakeFunction({});
    const { prompts, exitCode } = await run(['park'], fakeAws(fake.report), { answer: 'y' });
    expect(prompts).toEqual([]);
    expect(exitCode).toBe(0);
    expect(fake.work()).toEqual([]);
  });

  it('is replaced by --yes when there is no terminal; without it, nothing is invoked', async () => {
    const fake = fakeFunction(queues());
    const { exitCode, stderr } = await run(['redrive'], fakeAws(fake.report));
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--yes');
    expect(fake.commands).toEqual([]);
  });

  it('contains the limit of --max', async () => {
    const fake = fakeFunction(queues());
    const { prompts, stdout } = await run(['redrive', '--max', '1'], fakeAws(fake.report), {
      answer: 'yes',
    });
    expect(prompts).toEqual([
      'Redrive 1 of 3 messages in salesforce-eventbridge (us-east-1)? [y/N]',
      'Park 1 message in salesforce-eventbridge (us-east-1)? [y/N]',
    ]);
    expect(stdout).toContain('1 message redriven.');
  });

  it.each([
    ['waits until the messages of a dry run of several pages are visible again', 501, [], 1],
    ['starts at once after a dry run of one page', 500, [], 0],
    ['starts at once when enough messages are still visible', 1_200, ['--max', '10'], 0],
  ])('%s', async (_what, count, more, waits) => {
    const fake = fakeFunction({ apicall: messages(count) });
    const args = ['redrive', '--queue', 'apicall', ...more];
    const { slept } = await run(args, fakeAws(fake.report), { answer: 'y' });
    expect(slept).toHaveLength(waits);
    for (const ms of slept) expect(ms).toBeGreaterThan(55_000);
  });

  it('is skipped when the dry run fails', async () => {
    const fake = fakeFunction({ apicall: messages(501) });
    const aws = fakeAws(fake.report);
    const failed = functionError({ errorType: 'Error', errorMessage: 'oh' });
    aws.lambdaInvoker
      .on(InvokeCommand)
      .resolvesOnce(answered(JSON.stringify(fake.report({ dryRun: true }))))
      .resolves(failed);
    const { prompts, exitCode, stderr } = await run(['redrive'], aws, { answer: 'y' });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('failed: Error: oh');
    expect(prompts).toEqual([]);
    expect(fake.work()).toEqual([]);
  });

  it('is not needed for --dry-run, which moves nothing and shows each message', async () => {
    const fake = fakeFunction(queues());
    const { exitCode, stdout } = await run(['redrive', '--dry-run'], fakeAws(fake.report));
    expect(exitCode).toBe(0);
    expect(stdout).toContain('message-0002');
    expect(stdout).toContain(
      '3 messages would be redriven, 1 would be parked. Nothing was changed.',
    );
    expect(fake.work()).toEqual([]);
  });
});
