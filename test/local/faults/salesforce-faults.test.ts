import { describe, expect, it } from 'vitest';
import { classifyResponse } from '../../../functions/salesforce-apicall/outcome/classify.ts';
import { simulatedOrg } from '../../../local/demo/salesforce.ts';
import {
  isLasting,
  outages,
  planSalesforceFaults,
  poisonFaults,
  withSettings,
} from '../../../local/faults/salesforce-faults.ts';
import type { Mood } from '../../../local/salesforce/settings.ts';
import { useTestOrg } from '../salesforce/harness.ts';

const plan = planSalesforceFaults(1, 400);

describe("the org's planned faults", () => {
  it('follow from the seed', () => {
    expect(planSalesforceFaults(1, 400)).toEqual(plan);
    expect(planSalesforceFaults(2, 400)).not.toEqual(plan);
  });

  it('contain each fault once per 400 requests', () => {
    const calls = plan.filter(({ scope }) => scope !== 'record');
    const names = calls.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(planSalesforceFaults(1, 800)).toHaveLength(2 * plan.length);
  });

  it('are not played to API destinations', () => {
    for (const { match, name, scope } of plan) {
      if (name?.startsWith('logins')) continue;
      const path = new RegExp(match.path ?? '');
      const prefix = scope === 'record' ? '/sobjects/' : '/services/data/v65.0/sobjects/';
      expect(path.test(`${prefix}Case`)).toBe(true);
      expect(path.test(`${prefix}Contact`)).toBe(true);
      expect(path.test(`${prefix}Carbon_Estimate__e`)).toBe(false);
      expect(path.test(`${prefix}Contact/Customer_Id__c/soak-1-1`)).toBe(false);
    }
  });
});

describe('a poison record', () => {
  const org = useTestOrg();
  const create = (...names: string[]) =>
    org().rest('POST', '/composite/sobjects', {
      records: names.map((Name) => ({ attributes: { type: 'Account' }, Name })),
    });

  it('fails every call that it is in, also when other faults end', async () => {
    const { addFault, endFault, faults } = simulatedOrg(org().url);
    for (const fault of poisonFaults()) await addFault(fault);
    await addFault({ match: {}, times: 9, after: 'before' });
    for (const fault of await faults()) if (!isLasting(fault)) await endFault(fault);
    expect((await create('a', 'poison-internal-error')).status).toBe(500);
    expect((await create('poison-internal-error')).status).toBe(500);
    expect((await create('a', 'b')).status).toBe(200);
  });
});

describe('an outage of API destinations', () => {
  it('hits their paths, and no call of apicall', () => {
    const path = new RegExp(outages.destinations(1).match.path ?? '');
    expect(path.test('/services/data/v65.0/sobjects/Contact/Customer_Id__c/C-1')).toBe(true);
    expect(path.test('/services/data/v65.0/sobjects/Contact')).toBe(false);
  });
});

describe("the org's moods", () => {
  const org = useTestOrg();
  const create = async () => {
    const answer = await org().rest('POST', '/sobjects/Account', { Name: 'a' });
    const { status, headers, body } = answer;
    return classifyResponse({ status, headers: Object.fromEntries(headers), body }, true);
  };

  it.each([
    ['maintenance', 'retry-later'],
    ['moved', 'retry-later'],
    ['busy', 'retry-soon'],
    ['api-disabled', 'configuration'],
    ['out-of-scope', 'configuration'],
    ['release-upgrade', 'retry-later'],
    ['storage-full', 'configuration'],
    ['daily-limit', 'retry-later'],
    ['concurrent-limit', 'retry-soon'],
  ] as const satisfies readonly (readonly [Mood, string])[])(
    '%s is %s to apicall, until it is over',
    async (mood, name) => {
      expect(await withSettings(org().url, { mood }, create)).toMatchObject({ class: name });
      expect(await create()).toMatchObject({ kind: 'success' });
    },
  );

  it('end if the work fails, with the settings of before', async () => {
    const { settings, changeSettings } = simulatedOrg(org().url);
    await changeSettings({ recordMs: 1 });
    const before = await settings();
    const fail = () => Promise.reject(new Error('no'));
    await expect(withSettings(org().url, { mood: 'moved' }, fail)).rejects.toThrow('no');
    expect(await settings()).toEqual(before);
  });
});
