import { describe, expect, it } from 'vitest';
import { adviceFor } from '../../../cli/dlq/failures/advice.ts';
import type { FailureDetail } from '../../../cli/dlq/failures/failure.ts';
import { undelivered } from '../../../cli/dlq/failures/undelivered.ts';
import { nextCommands } from '../../../cli/dlq/next-commands.ts';
import { suggestFor } from '../../../cli/dlq/suggest.ts';
import { failureClasses } from '../../../functions/dlq-reprocessor/dead-letter/message.ts';
import { parkReasons } from '../../../functions/dlq-reprocessor/park/reasons.ts';
import { fakeFunction } from './fake-function.ts';
import { fakeAws, run } from './harness.ts';

const detail = (change: Partial<FailureDetail>): FailureDetail => ({
  place: 'ApiCallDlq',
  id: '5f8c2a1e-3b4d-4c5e-8f9a-0b1c2d3e4f5a',
  sentAt: '2026-11-25T08:00:00.000Z',
  decision: 'redrive',
  reason: 'another try may help',
  why: '',
  redrives: 0,
  body: '',
  attributes: {},
  advice: '',
  ...change,
});

const cases = [
  ...['redrive', 'wait'].map((decision) => detail({ decision })),
  ...parkReasons.map((reason) => detail({ decision: 'park', reason })),
  ...parkReasons.flatMap((reason) =>
    ['redrive', 'refuse'].map((decision) => detail({ place: 'parked', decision, reason })),
  ),
  detail({ place: 'parked', key: 'dropped/2026-11-28/a.json' }),
];

/** As a shell splits it. */
const wordsOf = (command: string): string[] =>
  command
    .replace('--record-id ID', '--record-id 500000000000001')
    .split(' ')
    .slice(4)
    .map((word) => word.replaceAll("'", ''));

describe('the next commands', () => {
  it.each(cases)('of $place, $decision, $reason are valid', async (one) => {
    const commands = nextCommands(one, suggestFor({ stackName: 'other', local: true }));
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) {
      expect(command).toMatch(/^npm run dlq -- .* --local --stack-name other$/);
      const aws = fakeAws(fakeFunction({}).report);
      const { exitCode, stderr } = await run([...wordsOf(command), '--yes'], aws);
      expect([exitCode, stderr]).toEqual([0, '']);
    }
  });

  it.each(cases)('of $place, $decision, $reason never drop an unknown outcome', (one) => {
    const commands = nextCommands(one, suggestFor({ stackName: 'other' }));
    if (one.reason === 'OUTCOME_UNKNOWN') expect(commands.join()).not.toMatch(/drop|--force/);
  });
});

describe('the advice', () => {
  it.each([
    ...parkReasons.map((reason) => ({ reason, failureClass: '' })),
    ...failureClasses.map((failureClass) => ({ reason: 'another try may help', failureClass })),
  ])('for $reason $failureClass is text without links', (given) => {
    expect(adviceFor(given)).toMatch(/^[A-Z`][^[\]]{3,}[.)]$/);
  });

  it.each([
    ['', /^The mapping orders is off: until the parameter `Mappings` names it again/],
    ['other, more', /^The mapping orders is off/],
    ['other, orders', /^Read the cause/],
    ['*', /^Read the cause/],
    [undefined, /^Read the cause/],
  ])('of a mapping says first that it is off, if Mappings is %j', (mappings, text) => {
    const given = { reason: 'PERMANENT', failureClass: '', mapping: 'orders' };
    expect(adviceFor(given, mappings)).toMatch(text);
    expect(adviceFor({ reason: 'PERMANENT' }, mappings)).toMatch(/^Read the cause/);
  });

  it('of a class says more than that of the reason it is parked for', () => {
    const given = { reason: 'PERMANENT', failureClass: 'permanent-size' };
    expect(adviceFor(given)).toBe('Send smaller requests, or request less at once.');
  });

  it('of a reason comes with that of the class that led to it', () => {
    const given = { reason: 'TOO_MANY_REDRIVES', failureClass: 'configuration' };
    expect(adviceFor(given)).toMatch(/fix the cause.*salesforce -- check/);
  });

  it.each(undelivered.flatMap(({ codes, action }) => codes.map((code) => [code, action])))(
    'of an event that a rule could not deliver says what %s means',
    (errorCode, action) => {
      const given = { reason: 'another try may help', rule: 'stack-ContactRule', errorCode };
      expect(adviceFor(given)).toBe(action);
      const parked = adviceFor({ ...given, reason: 'TOO_MANY_REDRIVES' });
      expect(parked).toMatch(/^The message contains the failure: .*unpark it\. [A-Z]/);
      expect(parked).toContain(action);
    },
  );

  it('of an error code that nobody knows leads to the message and the runbook', () => {
    const given = { reason: 'another try may help', rule: 'r', errorCode: 'NEW' };
    expect(adviceFor(given)).toMatch(/message says why.*RuleDlqAlarm/);
  });

  it('names the pages of links', () => {
    expect(adviceFor({ reason: 'OUTCOME_UNKNOWN' })).toContain(
      '(docs/runbook.md#resolve-an-unknown-outcome)',
    );
  });
});
