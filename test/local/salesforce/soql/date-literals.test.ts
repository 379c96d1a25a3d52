import { describe, expect, it } from 'vitest';
import { daysOf } from '../../../../local/salesforce/soql/date-literals.ts';
import { createQueriedOrg } from './harness.ts';

/** A Friday. */
const now = new Date('2026-11-27T20:00:00Z');

/** "SOQL and SOSL Reference", Date Formats and Date Literals; weeks start on Sunday (en_US). */
describe('a date literal', () => {
  it.each([
    ['YESTERDAY', '2026-11-26', '2026-11-27'],
    ['TODAY', '2026-11-27', '2026-11-28'],
    ['tomorrow', '2026-11-28', '2026-11-29'],
    ['LAST_WEEK', '2026-11-15', '2026-11-22'],
    ['THIS_WEEK', '2026-11-22', '2026-11-29'],
    ['NEXT_WEEK', '2026-11-29', '2026-12-06'],
    ['LAST_MONTH', '2026-10-01', '2026-11-01'],
    ['THIS_MONTH', '2026-11-01', '2026-12-01'],
    ['NEXT_MONTH', '2026-12-01', '2027-01-01'],
    ['LAST_90_DAYS', '2026-08-29', '2026-11-28'],
    ['NEXT_90_DAYS', '2026-11-28', '2027-02-26'],
    ['THIS_QUARTER', '2026-10-01', '2027-01-01'],
    ['LAST_QUARTER', '2026-07-01', '2026-10-01'],
    ['NEXT_QUARTER', '2027-01-01', '2027-04-01'],
    ['THIS_YEAR', '2026-01-01', '2027-01-01'],
    ['LAST_YEAR', '2025-01-01', '2026-01-01'],
    ['NEXT_YEAR', '2027-01-01', '2028-01-01'],
    ['THIS_FISCAL_QUARTER', '2026-10-01', '2027-01-01'],
    ['LAST_FISCAL_YEAR', '2025-01-01', '2026-01-01'],
    ['LAST_N_DAYS:3', '2026-11-24', '2026-11-28'],
    ['NEXT_N_DAYS:3', '2026-11-28', '2026-12-01'],
    ['N_DAYS_AGO:3', '2026-11-24', '2026-11-25'],
    ['LAST_N_WEEKS:2', '2026-11-08', '2026-11-22'],
    ['NEXT_N_WEEKS:2', '2026-11-29', '2026-12-13'],
    ['N_WEEKS_AGO:1', '2026-11-15', '2026-11-22'],
    ['LAST_N_MONTHS:12', '2025-11-01', '2026-11-01'],
    ['NEXT_N_MONTHS:2', '2026-12-01', '2027-02-01'],
    ['N_MONTHS_AGO:1', '2026-10-01', '2026-11-01'],
    ['LAST_N_QUARTERS:2', '2026-04-01', '2026-10-01'],
    ['N_QUARTERS_AGO:3', '2026-01-01', '2026-04-01'],
    ['LAST_N_YEARS:2', '2024-01-01', '2026-01-01'],
    ['NEXT_N_YEARS:1', '2027-01-01', '2028-01-01'],
    ['N_FISCAL_YEARS_AGO:1', '2025-01-01', '2026-01-01'],
  ])('%s is from %s until before %s', (literal, from, to) => {
    expect(daysOf(literal, now)).toEqual({ from, to });
  });

  it('does not exist by another name', () => {
    expect(daysOf('NEXT_CENTURY', now)).toBeUndefined();
    expect(daysOf('THIS_DECADE', now)).toBeUndefined();
  });
});

describe('a comparison with a date literal', () => {
  const org = createQueriedOrg();
  for (const [Text__c, At__c] of [
    ['before', '2026-11-26T23:59:59Z'],
    ['start', '2026-11-27T00:00:00Z'],
    ['end', '2026-11-27T23:59:59Z'],
    ['after', '2026-11-28T00:00:00Z'],
  ] as const)
    org.insert('Kind__c', { Text__c, At__c, Day__c: At__c });
  org.insert('Kind__c', { Text__c: 'never' });

  it.each([
    ['= TODAY', ['start', 'end']],
    ['!= TODAY', ['before', 'after', 'never']],
    ['< TODAY', ['before']],
    ['<= TODAY', ['before', 'start', 'end']],
    ['> TODAY', ['after']],
    ['>= TODAY', ['start', 'end', 'after']],
    ['= LAST_N_DAYS:1', ['before', 'start', 'end']],
    ['IN (YESTERDAY, TOMORROW)', ['before', 'after']],
  ])('%s includes whole days', (condition, expected) => {
    for (const field of ['At__c', 'Day__c'])
      expect(
        org.column(`SELECT Text__c FROM Kind__c WHERE ${field} ${condition}`, { now }),
      ).toEqual(expected);
  });
});
