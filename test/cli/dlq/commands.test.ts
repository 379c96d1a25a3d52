import { describe, expect, it } from 'vitest';
import { fakeFunction, messages } from './fake-function.ts';
import { fakeAws, run } from './harness.ts';

describe('a command that moves messages', () => {
  it('processes all pages of all queues, one after the other', async () => {
    const fake = fakeFunction({ apicall: messages(1_200), spill: messages(3) });
    const { exitCode, stdout } = await run(['redrive', '--yes'], fakeAws(fake.report));
    expect(exitCode).toBe(0);
    expect(fake.work()).toEqual([
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
    expect(fake.work().at(-1)).toEqual(['spill', 5]);
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
    expect(fake.work()).toEqual([]);
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
