import { describe, expect, it } from 'vitest';
import { makeField, useOrg } from '../event-id-field/harness.ts';
import { run } from '../harness.ts';

const org = useOrg();
const stepName = 'event id field Case.Event_Id__c';
const parameters = { EventIdFields: 'Case:Event_Id__c' };
const granted = { name: 'Event_Id__c', type: 'string', length: 255 };

const define = (field: object) =>
  fetch(`${org.url()}/__sim/schema`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Case', fields: [{ ...granted, ...field }] }),
  });

describe('salesforce check of event id fields', () => {
  it('checks none that the stack does not have', async () => {
    expect((await org.check([])).step(stepName)).toBeUndefined();
  });

  it.each([
    ['lacks', () => Promise.resolve()],
    ['does not grant', () => makeField(org, 'Case.Event_Id__c')],
  ])('fails when the org %s the field', async (_what, prepare) => {
    await prepare();
    const { exitCode, step } = await org.check([], parameters);
    expect(exitCode).toBe(1);
    expect(step(stepName)).toMatchObject({
      status: 'failed',
      detail: 'Case has no field Event_Id__c that this user can see',
      remedy: 'Make and grant it: npm run salesforce -- event-id-field Case',
    });
  });

  it.each([
    [{ type: 'textarea' }, 'is not a text field'],
    [{ unique: true, externalId: true, length: 63 }, 'has 63 characters instead of at least 64'],
    [{ externalId: true }, 'is not unique'],
    [{ unique: true }, 'is not an external id'],
  ])('fails with %j', async (field, mistake) => {
    await define(field);
    const { exitCode, step } = await org.check([], parameters);
    expect(exitCode).toBe(1);
    expect(step(stepName)).toMatchObject({
      status: 'failed',
      detail: `Case.Event_Id__c ${mistake}`,
      remedy: expect.stringContaining('event-id-field Case --field Event_Id_2__c'),
    });
  });

  it('passes with 64 characters, whatever the case of the names, and says how they compare', async () => {
    await define({ unique: true, externalId: true, length: 64 });
    const { exitCode, step } = await org.check(['--event-id-field', 'case:event_id__c']);
    expect(exitCode).toBe(0);
    expect(step('event id field case.event_id__c')?.detail).toBe(
      'text(64), unique, external id, case-insensitive, editable',
    );
  });

  it('names the option for a field of another name', async () => {
    const { step } = await org.check(['--event-id-field', 'Case:Dedupe__c']);
    expect(step('event id field Case.Dedupe__c')?.remedy).toMatch(
      /event-id-field Case --field Dedupe__c$/,
    );
  });

  it('fails for an object that the org lacks', async () => {
    const { step } = await org.check(['--event-id-field', 'Nobody__c:Key__c']);
    expect(step('event id field Nobody__c.Key__c')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('NOT_FOUND'),
    });
  });

  it('refuses a pair that is none', async () => {
    const { exitCode, output } = await run(['check', '--event-id-field', 'Case']);
    expect(exitCode).toBe(2);
    expect(output).toContain('Case:Event_Id__c');
  });
});
