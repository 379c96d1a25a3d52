import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../functions/dlq-reprocessor/command.ts';
import { fakeFunction, messages } from './fake-function.ts';
import { answered, fakeAws, functionError, run } from './harness.ts';

const work = ({ commands }: { commands: readonly Command[] }) =>
  commands.filter(({ dryRun }) => !dryRun).map(({ queue, limit }) => [queue, limit]);

describe('a command that moves messages', () => {
  it('processes all pages of all queues, one after the other', async () => {
    const fake = fakeFunction({ apicall: messages(1_200), spill: messages(3) });
    const { exitCode, stdout } = await run(['redrive', '--yes'], fakeAws(fake.report));
    expect(exitCode).toBe(0);
    expect(work(fake)).toEqual([
      ['apicall', 500],
      ['apicall', 500],
      ['apicall', 500],
      ['rule', 500],
      ['spill', 500],
    ]);
    expect(stdout).toContain('apicall  1,200 redriven');
    expect(stdout).toContain('1,203 messages redriven.');
    expect(fake.left('apicall')).toBe(0);
  });

  it('moves at most --max messages over all pages and queues', async () => {
    const fake = fakeFunction({ apicall: messages(600), rule: messages(5), spill: messages(100) });
    const { exitCode, stdout } = await run(
      ['redrive', '--yes', '--max', '610'],
      fakeAws(fake.report),
    );
    expect(exitCode).toBe(0);
    expect([fake.left('apicall'), fake.left('rule'), fake.left('spill')]).toEqual([0, 0, 95]);
    expect(work(fake).at(-1)).toEqual(['spill', 5]);
    expect(stdout).toContain('Stopped by --max');
  });

  it('counts only moved messages against --max', async () => {
    const waiting = messages(4, { decision: 'wait', reason: 'its next try is not due yet' });
    const fake = fakeFunction({ apicall: [...waiting, ...messages(10)] });
    const { stdout } = await run(['redrive', '--yes', '--max', '3'], fakeAws(fake.report));
    expect(stdout).toContain('3 messages redriven.');
    expect(fake.left('apicall')).toBe(11);
  });

  it('makes pages smaller when the rate is low', async () => {
    const fake = fakeFunction({ apicall: messages(50) });
    await run(['redrive', '--yes', '--queue', 'apicall', '--rate', '2'], fakeAws(fake.report));
    expect(fake.commands.map(({ limit, ratePerSecond }) => [limit, ratePerSecond])).toEqual([
      [40, 2],
      [40, 2],
    ]);
  });

  it('passes the filter and the other options to the function', async () => {
    const fake = fakeFunction({ parked: messages(1) });
    const filters = ['--filter', 'key=parked/OUTCOME_UNKNOWN/', '--filter', 'object=Case'];
    const outcome = ['--applied', '--record-id', '500000000000001AAA'];
    await run(['unpark', '--yes', ...filters, ...outcome], fakeAws(fake.report));
    expect(fake.commands).toMatchObject([
      {
        action: 'unpark',
        filter: { key: 'parked/OUTCOME_UNKNOWN/', object: 'Case' },
        applied: true,
        recordId: '500000000000001AAA',
      },
    ]);
    expect(fake.commands[0]?.queue).toBeUndefined();
  });

  it.each(['refuse', 'park'] as const)(
    'exits with 1 exactly when a message is refused: %s',
    async (decision) => {
      const fake = fakeFunction({
        parked: messages(2, { decision, reason: 'say whether it was applied' }),
      });
      const { exitCode, stdout } = await run(
        ['unpark', '--yes', '--filter', 'key=parked/'],
        fakeAws(fake.report),
      );
      expect(exitCode).toBe(decision === 'refuse' ? 1 : 0);
      expect(stdout).toContain('2  say whether it was applied');
      expect(/unpark --dry-run/.test(stdout)).toBe(decision === 'refuse');
    },
  );
});

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
    expect(work(fake)).toEqual([]);
  });

  it('is skipped when there is nothing to move', async () => {
    const fake = fakeFunction({});
    const { prompts, exitCode } = await run(['park'], fakeAws(fake.report), { answer: 'y' });
    expect(prompts).toEqual([]);
    expect(exitCode).toBe(0);
    expect(work(fake)).toEqual([]);
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
    expect(work(fake)).toEqual([]);
  });

  it('is not needed for --dry-run, which moves nothing and shows each message', async () => {
    const fake = fakeFunction(queues());
    const { exitCode, stdout } = await run(['redrive', '--dry-run'], fakeAws(fake.report));
    expect(exitCode).toBe(0);
    expect(stdout).toContain('message-0002');
    expect(stdout).toContain(
      '3 messages would be redriven, 1 would be parked. Nothing was changed.',
    );
    expect(work(fake)).toEqual([]);
  });
});

describe('Ctrl-C', () => {
  it('lets the running invocation finish, starts no other, and reports what was done', async () => {
    const stop = new AbortController();
    const fake = fakeFunction({ apicall: messages(1_000), rule: messages(1) });
    const aws = fakeAws((command) => {
      stop.abort();
      return fake.report(command);
    });
    const { exitCode, stdout } = await run(['redrive', '--yes'], aws, { stop });
    expect(exitCode).toBe(130);
    expect(fake.commands).toHaveLength(1);
    expect(stdout).toMatch(/apicall {2}500 redriven[\s\S]*\(approximate\): 500 visible/);
    expect(stdout).toContain('Stopped by Ctrl-C');
  });

  it('during the dry run moves nothing', async () => {
    const stop = new AbortController();
    const fake = fakeFunction({ apicall: messages(1_000) });
    const aws = fakeAws((command) => {
      stop.abort();
      return fake.report(command);
    });
    const { prompts, exitCode } = await run(['redrive'], aws, { stop, answer: 'y' });
    expect(exitCode).toBe(130);
    expect(prompts).toEqual([]);
    expect(work(fake)).toEqual([]);
  });

  it('during the last page does not change the exit code', async () => {
    const stop = new AbortController();
    const fake = fakeFunction({ apicall: messages(1) });
    const aws = fakeAws((command) => {
      stop.abort();
      return fake.report(command);
    });
    const { exitCode } = await run(['redrive', '--yes', '--queue', 'apicall'], aws, { stop });
    expect(exitCode).toBe(0);
  });
});
