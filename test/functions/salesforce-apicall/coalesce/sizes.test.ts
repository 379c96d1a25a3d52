import { describe, expect, it } from 'vitest';
import { createSizes } from '../../../../functions/salesforce-apicall/coalesce/plan.ts';

describe('the records of an object in one call', () => {
  it('are as many as allowed, and half of what its automation has failed on', () => {
    const { failedOn, maxRecordsOf } = createSizes(200);
    failedOn('Contact', 101);
    expect([maxRecordsOf('Contact'), maxRecordsOf('cONTACT'), maxRecordsOf('Case')]).toEqual([
      50, 50, 200,
    ]);
    failedOn('contact', 50);
    expect(maxRecordsOf('Contact')).toBe(25);
  });

  it('never grow again, and never fall below one', () => {
    const { failedOn, maxRecordsOf } = createSizes(200);
    failedOn('Contact', 40);
    failedOn('Contact', 150);
    expect(maxRecordsOf('Contact')).toBe(20);
    failedOn('Contact', 1);
    expect(maxRecordsOf('Contact')).toBe(1);
  });

  it('are at most as many as allowed, whatever they failed on', () => {
    const { failedOn, maxRecordsOf } = createSizes(10);
    failedOn('Contact', 60);
    expect(maxRecordsOf('Contact')).toBe(10);
  });
});
