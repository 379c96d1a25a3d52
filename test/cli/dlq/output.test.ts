import { describe, expect, it } from 'vitest';
import { fakeFunction, letter, letters } from './fake-function.ts';
import { fakeAws, run } from './harness.ts';

const lock = letters(60, { message: 'unable to obtain exclusive access to this record' });
const permanent = letter({
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
const waiting = letter({
  messageId: 'waits',
  decision: 'wait',
  reason: 'its next try is not due yet',
  until: '2026-11-25T13:00:00.000Z',
});
const refused = letter({
  messageId: 'refused',
  decision: 'refuse',
  reason: `Salesforce may have made the change: ${'find out, then say so '.repeat(5)}`,
});
const outside = letter({ messageId: 'outside', decision: 'skip', reason: 'skipped' });
const { action: _action, object: _object, ...bare } = letter({ messageId: 'ruled', kind: 'rule' });
const ruled = { ...bare, rule: 'stack-platform-event', detailType: 'Carbon_Estimate__e' };
const queues = () => ({ apicall: [...lock, permanent, waiting, refused, outside], rule: [ruled] });

describe('preview', () => {
  const preview = (...args: string[]) =>
    run(['preview', ...args], fakeAws(fakeFunction(queues()).answer));

  it('groups letters by what would become of them, and says why', async () => {
    const { exitCode, stdout } = await preview();
    expect(exitCode).toBe(1);
    expect(stdout).toContain('apicall: 60 would be sent back: another try may help');
    expect(stdout).toContain(
      'apicall: 1 would be parked: PERMANENT\n  permanent-data: INSUFFICIENT_',
    );
    expect(stdout).toContain('apicall: 1 would wait: its next try is not due yet');
    expect(stdout).toContain('due at 2026-11-25T13:00:00.000Z');
    expect(stdout).toContain('says: unable to obtain exclusive access to this record');
    expect(stdout).toMatch(/ruled .* stack-platform-event/);
    expect(stdout).toMatch(/5\+2/);
    expect(stdout.match(/^ {2}letter-/gm)).toHaveLength(50);
    expect(stdout).toContain('and 10 more: --json has all');
    expect(stdout).toContain('find out, then say so find out,\nthen say so');
    expect(stdout).not.toContain('skipped');
    expect(stdout).not.toContain('outside  ');
  });

  it('fits 100 columns, and shows no control characters of others', async () => {
    const { stdout } = await preview();
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(stdout).not.toContain('\u001b');
  });

  it('--json is one document with every letter', async () => {
    const { stdout } = await preview('--json');
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ action: 'preview', dryRun: true, stoppedBy: 'end' });
    expect(document.queues.apicall.letters).toHaveLength(64);
    expect(document.queues.apicall.letters).toContainEqual(waiting);
    expect(document.queues.rule).toMatchObject({ received: 1, results: { redriven: 1 } });
  });
});

describe('a run as JSON', () => {
  it('adds up slices and says why it ended', async () => {
    const fake = fakeFunction({ apicall: letters(700) });
    const { stdout } = await run(['redrive', '--yes', '--json'], fakeAws(fake.answer));
    expect(JSON.parse(stdout)).toEqual({
      action: 'redrive',
      dryRun: false,
      stoppedBy: 'end',
      queues: expect.objectContaining({
        apicall: {
          received: 700,
          results: { redriven: 700, parked: 0, waiting: 0, skipped: 0, refused: 0, failed: 0 },
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
  it('shows queues, what would become of a sample, and what is parked', async () => {
    const fake = fakeFunction(queues());
    const { exitCode, stdout } = await run(['status'], fakeAws(fake.answer));
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/queue +│ visible │ hidden/);
    expect(stdout).toMatch(
      /apicall, 64 looked at: 60 would be sent back, 1 would be parked, 1 would wait/,
    );
    expect(stdout).toMatch(/3 {2}PERMANENT$/);
    expect(fake.commands).toMatchObject([{ action: 'status', limit: 100 }]);
  });

  it('of one queue asks for that one, and --json is the answer', async () => {
    const fake = fakeFunction(queues());
    const { stdout } = await run(['status', '--queue', 'rule', '--json'], fakeAws(fake.answer));
    expect(Object.keys(JSON.parse(stdout).queues)).toEqual(['rule']);
    expect(JSON.parse(stdout).parked).toEqual({ PERMANENT: 3 });
  });
});
