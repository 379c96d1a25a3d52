import { describe, expect, it } from 'vitest';
import { fakeFunction, message, messages } from '../fake-function.ts';
import { fakeAws, run } from '../harness.ts';

const lock = messages(60, { message: 'unable to obtain exclusive access to this record' });
const permanent = message({
  messageId: '5f8c2a1e-3b4d-4c5e-8f9a-0b1c2d3e4f5a',
  decision: 'park',
  reason: 'PERMANENT',
  why: 'permanent-data: INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
  errorCode: 'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
  action: 'PATCH',
  object: 'Very_Long_Custom_Object_Name_Of_Somebody__c',
  message: `\u001b[31m${'entity is deleted '.repeat(40)}`,
  redrives: 2,
});
const waiting = message({
  messageId: 'waits',
  decision: 'wait',
  reason: 'its next try is not due yet',
  until: '2026-11-25T13:00:00.000Z',
});
const refused = message({
  messageId: 'refused',
  decision: 'refuse',
  reason: `Salesforce may have made the change: ${'check the org, then pass --applied '.repeat(5)}`,
});
const outside = message({ messageId: 'outside', decision: 'skip', reason: 'skipped' });
const { action: _action, object: _object, ...bare } = message({ messageId: 'ruled', kind: 'rule' });
const ruled = { ...bare, rule: 'stack-platform-event', detailType: 'Carbon_Estimate__e' };
const queues = () => ({ apicall: [...lock, permanent, waiting, refused, outside], rule: [ruled] });

describe('preview', () => {
  const preview = (args: readonly string[] = [], columns?: number) =>
    run(['preview', ...args], fakeAws(fakeFunction(queues()).report), {
      ...(columns !== undefined && { columns }),
    });

  it('groups messages by decision, with reason and explanation', async () => {
    const { exitCode, stdout } = await preview();
    expect(exitCode).toBe(1);
    expect(stdout).toContain('apicall: 60 would be redriven: another try may help');
    expect(stdout).toContain(
      'apicall: 1 would be parked: PERMANENT\n  permanent-data: INSUFFICIENT_',
    );
    expect(stdout).toContain('apicall: 1 would wait: its next try is not due yet');
    expect(stdout).toContain('due at 2026-11-25T13:00:00.000Z');
    expect(stdout).toContain('error message: unable to obtain exclusive access to this record');
    expect(stdout).toMatch(/ruled .* stack-platform-event/);
    expect(stdout).toMatch(/5\+2/);
    expect(stdout.match(/^ {2}message-/gm)).toHaveLength(50);
    expect(stdout).toContain('and 10 more: --json has all');
    expect(stdout).toContain('check the org, then pass\n--applied check the org');
    expect(stdout).not.toContain('skipped');
    expect(stdout).not.toContain('outside  ');
  });

  it.each([40, 80, 100, 160])('fits %d columns, and wraps no id', async (columns) => {
    const { stdout } = await preview([], columns);
    expect(stdout.split('\n').filter((line) => line.length > columns)).toEqual(
      columns < 60 ? [expect.stringContaining(permanent.messageId)] : [],
    );
    expect(stdout).toContain(permanent.messageId);
  });

  it('puts what does not fit beside an id below it', async () => {
    const { stdout } = await preview([], 80);
    expect(stdout).toMatch(
      /^ {2}5f8c2a1e-3b4d-4c5e-8f9a-0b1c2d3e4f5a {2}\w+ {2}tried 5\+2\n {4}PATCH Very_Long/m,
    );
    expect(stdout).toMatch(/^ {2}message-0000 {2}\w+ +5 +POST Case {2}UNABLE_TO_LOCK_ROW$/m);
  });

  it('in a pipe has one line per message', async () => {
    const { stdout } = await preview();
    expect(stdout).toMatch(
      /^ {2}5f8c2a1e.* PATCH Very_Long_Custom_Object_Name_Of_Somebody__c {2}INSUFFICIENT_ACCESS/m,
    );
  });

  it('prints no control characters', async () => {
    const { stdout } = await preview();
    expect(stdout).not.toContain('\u001b');
  });

  it('prints one document with every message with --json', async () => {
    const { stdout } = await preview(['--json']);
    const { result: document } = JSON.parse(stdout);
    expect(document).toMatchObject({ action: 'preview', dryRun: true, stoppedBy: 'end' });
    expect(document.queues.apicall.letters).toHaveLength(64);
    expect(document.queues.apicall.letters).toContainEqual(waiting);
    expect(document.queues.rule).toMatchObject({ received: 1, results: { redriven: 1 } });
  });
});

describe('--json', () => {
  it('adds up the reports of all pages, with the reason to stop', async () => {
    const fake = fakeFunction({ apicall: messages(700) });
    const { stdout } = await run(['redrive', '--yes', '--json'], fakeAws(fake.report));
    expect(JSON.parse(stdout).result).toEqual({
      action: 'redrive',
      dryRun: false,
      stoppedBy: 'end',
      queues: expect.objectContaining({
        apicall: {
          received: 700,
          results: {
            redriven: 700,
            parked: 0,
            dropped: 0,
            waiting: 0,
            skipped: 0,
            refused: 0,
            failed: 0,
          },
          byReason: { 'another try may help': 700 },
          left: { visible: 0, hidden: 0, delayed: 0 },
          stoppedBy: 'empty',
        },
      }),
      invocations: 4,
      durationMs: 40,
    });
  });
});

describe('status', () => {
  it('shows the queues, what a redrive would do with a sample, and parked messages', async () => {
    const fake = fakeFunction(queues());
    const { exitCode, stdout } = await run(['status'], fakeAws(fake.report));
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/queue +│ visible │ hidden/);
    expect(stdout).toMatch(
      /apicall, sample of 64: 60 would be redriven, 1 would be parked, 1 would wait/,
    );
    expect(stdout).toMatch(/3 {2}PERMANENT$/);
    expect(fake.commands).toMatchObject([{ action: 'status', limit: 100 }]);
  });

  it('requests one queue with --queue, and prints the report with --json', async () => {
    const fake = fakeFunction(queues());
    const { stdout } = await run(['status', '--queue', 'rule', '--json'], fakeAws(fake.report));
    expect(Object.keys(JSON.parse(stdout).result.queues)).toEqual(['rule']);
    expect(JSON.parse(stdout).result.parked).toEqual({ PERMANENT: 3 });
  });
});
