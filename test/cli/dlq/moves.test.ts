import { InvokeCommand } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../functions/dlq-reprocessor/command.ts';
import { fakeFunction, letters } from './fake-function.ts';
import { answered, fakeAws, functionError, run } from './harness.ts';

const work = ({ commands }: { commands: readonly Command[] }) =>
  commands.filter(({ dryRun }) => !dryRun).map(({ queue, limit }) => [queue, limit]);

describe('a command that moves letters', () => {
  it('goes through all slices of all queues, one after the other', async () => {
    const fake = fakeFunction({ apicall: letters(1_200), spill: letters(3) });
    const { exitCode, stdout } = await run(['redrive', '--yes'], fakeAws(fake.answer));
    expect(exitCode).toBe(0);
    expect(work(fake)).toEqual([
      ['apicall', 500],
      ['apicall', 500],
      ['apicall', 500],
      ['rule', 500],
      ['spill', 500],
    ]);
    expect(stdout).toContain('apicall  1,200 sent back');
    expect(stdout).toContain('1,203 letters moved.');
    expect(fake.left('apicall')).toBe(0);
  });

  it('moves no more than --max over slices and queues', async () => {
    const fake = fakeFunction({ apicall: letters(600), rule: letters(5), spill: letters(100) });
    const { exitCode, stdout } = await run(
      ['redrive', '--yes', '--max', '610'],
      fakeAws(fake.answer),
    );
    expect(exitCode).toBe(0);
    expect([fake.left('apicall'), fake.left('rule'), fake.left('spill')]).toEqual([0, 0, 95]);
    expect(work(fake).at(-1)).toEqual(['spill', 5]);
    expect(stdout).toContain('Ended by --max');
  });

  it('counts against --max only what is moved', async () => {
    const waiting = letters(4, { decision: 'wait', reason: 'its next try is not due yet' });
    const fake = fakeFunction({ apicall: [...waiting, ...letters(10)] });
    const { stdout } = await run(['redrive', '--yes', '--max', '3'], fakeAws(fake.answer));
    expect(stdout).toContain('3 letters moved.');
    expect(fake.left('apicall')).toBe(11);
  });

  it('makes slices that are short in time when the rate is low', async () => {
    const fake = fakeFunction({ apicall: letters(50) });
    await run(['redrive', '--yes', '--queue', 'apicall', '--rate', '2'], fakeAws(fake.answer));
    expect(fake.commands.map(({ limit, ratePerSecond }) => [limit, ratePerSecond])).toEqual([
      [40, 2],
      [40, 2],
    ]);
  });

  it('gives the function the filter and what else was said', async () => {
    const fake = fakeFunction({ parked: letters(1) });
    const filters = ['--filter', 'key=parked/OUTCOME_UNKNOWN/', '--filter', 'object=Case'];
    const outcome = ['--applied', '--record-id', '500000000000001AAA'];
    await run(['unpark', '--yes', ...filters, ...outcome], fakeAws(fake.answer));
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
    'ends with 1 exactly when something is refused: %s',
    async (decision) => {
      const fake = fakeFunction({
        parked: letters(2, { decision, reason: 'say whether it was applied' }),
      });
      const { exitCode, stdout } = await run(
        ['unpark', '--yes', '--filter', 'key=parked/'],
        fakeAws(fake.answer),
      );
      expect(exitCode).toBe(decision === 'refuse' ? 1 : 0);
      expect(stdout).toContain('2  say whether it was applied');
      expect(/unpark --dry-run/.test(stdout)).toBe(decision === 'refuse');
    },
  );
});

describe('before anything moves', () => {
  const queues = () => ({
    apicall: [...letters(3), ...letters(1, { decision: 'park', reason: 'PERMANENT' })],
  });

  it('a dry run says what would, and a yes starts it', async () => {
    const fake = fakeFunction(queues());
    const { prompts, exitCode, stdout, stderr } = await run(['redrive'], fakeAws(fake.answer), {
      answer: 'y',
    });
    expect(stderr).toMatch(/3 would be sent back, 1 would be parked/);
    expect(prompts).toEqual([
      'Redrive or park 4 letters in salesforce-eventbridge (us-east-1)? [y/N]',
    ]);
    expect(stdout).toContain('4 letters moved.');
    expect(exitCode).toBe(0);
    expect(fake.left('apicall')).toBe(0);
  });

  it.each(['', 'n', 'yo', 'no'])('anything but a yes leaves all as it is: "%s"', async (says) => {
    const fake = fakeFunction(queues());
    const { exitCode, stderr } = await run(['redrive'], fakeAws(fake.answer), { answer: says });
    expect(stderr).toContain('Nothing was moved.');
    expect(exitCode).toBe(0);
    expect(work(fake)).toEqual([]);
  });

  it('nobody is asked when there is nothing to move', async () => {
    const fake = fakeFunction({});
    const { prompts, exitCode } = await run(['park'], fakeAws(fake.answer), { answer: 'y' });
    expect(prompts).toEqual([]);
    expect(exitCode).toBe(0);
    expect(work(fake)).toEqual([]);
  });

  it('--yes is needed where there is no terminal, and nothing is called without it', async () => {
    const fake = fakeFunction(queues());
    const { exitCode, stderr } = await run(['redrive'], fakeAws(fake.answer));
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--yes');
    expect(fake.commands).toEqual([]);
  });

  it('the question says what --max leaves of it', async () => {
    const fake = fakeFunction(queues());
    const { prompts, stdout } = await run(['redrive', '--max', '1'], fakeAws(fake.answer), {
      answer: 'yes',
    });
    expect(prompts).toEqual([
      'Redrive or park 1 of 4 letters in salesforce-eventbridge (us-east-1)? [y/N]',
    ]);
    expect(stdout).toContain('1 letter moved.');
  });

  it.each([
    ['waits until the letters of a long look are back', 501, [], 1],
    ['begins at once after a look of one slice', 500, [], 0],
    ['begins at once where enough was not looked at', 1_200, ['--max', '10'], 0],
  ])('%s', async (_what, count, more, waits) => {
    const fake = fakeFunction({ apicall: letters(count) });
    const args = ['redrive', '--queue', 'apicall', ...more];
    const { slept } = await run(args, fakeAws(fake.answer), { answer: 'y' });
    expect(slept).toHaveLength(waits);
    for (const ms of slept) expect(ms).toBeGreaterThan(55_000);
  });

  it('a look that fails is the end', async () => {
    const fake = fakeFunction({ apicall: letters(501) });
    const aws = fakeAws(fake.answer);
    const failed = functionError({ errorType: 'Error', errorMessage: 'oh' });
    aws.lambdaInvoker
      .on(InvokeCommand)
      .resolvesOnce(answered(JSON.stringify(fake.answer({ dryRun: true }))))
      .resolves(failed);
    const { prompts, exitCode, stderr } = await run(['redrive'], aws, { answer: 'y' });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('failed: Error: oh');
    expect(prompts).toEqual([]);
    expect(work(fake)).toEqual([]);
  });

  it('a dry run that is asked for moves nothing and shows each letter', async () => {
    const fake = fakeFunction(queues());
    const { exitCode, stdout } = await run(['redrive', '--dry-run'], fakeAws(fake.answer));
    expect(exitCode).toBe(0);
    expect(stdout).toContain('letter-0002');
    expect(stdout).toContain('4 letters would be moved, none was.');
    expect(work(fake)).toEqual([]);
  });
});

describe('Ctrl-C', () => {
  it('lets the running slice end, begins no other, and tells what was done', async () => {
    const stop = new AbortController();
    const fake = fakeFunction({ apicall: letters(1_000), rule: letters(1) });
    const aws = fakeAws((command) => {
      stop.abort();
      return fake.answer(command);
    });
    const { exitCode, stdout } = await run(['redrive', '--yes'], aws, { stop });
    expect(exitCode).toBe(130);
    expect(fake.commands).toHaveLength(1);
    expect(stdout).toMatch(/apicall {2}500 sent back[\s\S]*about: 500 visible/);
    expect(stdout).toContain('Ended by Ctrl-C');
  });

  it('while it looks moves nothing', async () => {
    const stop = new AbortController();
    const fake = fakeFunction({ apicall: letters(1_000) });
    const aws = fakeAws((command) => {
      stop.abort();
      return fake.answer(command);
    });
    const { prompts, exitCode } = await run(['redrive'], aws, { stop, answer: 'y' });
    expect(exitCode).toBe(130);
    expect(prompts).toEqual([]);
    expect(work(fake)).toEqual([]);
  });

  it('in the last slice ends what was whole as whole', async () => {
    const stop = new AbortController();
    const fake = fakeFunction({ apicall: letters(1) });
    const aws = fakeAws((command) => {
      stop.abort();
      return fake.answer(command);
    });
    const { exitCode } = await run(['redrive', '--yes', '--queue', 'apicall'], aws, { stop });
    expect(exitCode).toBe(0);
  });
});
