import { describe, expect, it } from 'vitest';
import { RecordLimits } from '../../../../functions/salesforce-apicall/coalesce/plan.ts';

describe('the records of an object in one call', () => {
  it('are as many as allowed, and half of what its automation has failed on', () => {
    const limits = new RecordLimits(200);
    limits.lower('Contact', 101);
    expect([
      limits.maxRecordsOf('Contact'),
      limits.maxRecordsOf('cONTACT'),
      limits.maxRecordsOf('Case'),
    ]).toEqual([50, 50, 200]);
    limits.lower('contact', 50);
    expect(limits.maxRecordsOf('Contact')).toBe(25);
  });

  it('never grow again, but with a record that is too much although it is alone', () => {
    const limits = new RecordLimits(200);
    limits.lower('Contact', 40);
    limits.lower('Contact', 150);
    expect(limits.maxRecordsOf('Contact')).toBe(20);
    limits.lower('Contact', 3);
    expect(limits.maxRecordsOf('Contact')).toBe(1);
    limits.lower('contact', 1);
    expect(limits.maxRecordsOf('Contact')).toBe(200);
  });

  it('are at most as many as allowed, whatever they failed on', () => {
    const limits = new RecordLimits(10);
    limits.lower('Contact', 60);
    expect(limits.maxRecordsOf('Contact')).toBe(10);
  });
});
