import { describe, expect, it } from 'vitest';
import { setNames } from '../template/sets.ts';
import type { PrincipalCall } from './grants.ts';
import { callsOnKey, identityOf } from './resource-calls.ts';
import { isAllowed, region } from './simulate.ts';
import { type IamStack, iamSet } from './stack.ts';

const may = (stack: IamStack, call: PrincipalCall): Promise<boolean> =>
  isAllowed(call.principal, call, {
    resource: stack.key?.policy ?? [],
    identity: identityOf(stack, call.principal),
  });

/** The same call for another bus, log group or account, or through a service that the role doesn't use. */
const strange = (value: string): string => {
  if (value.endsWith('.amazonaws.com')) return `sns.${region}.amazonaws.com`;
  return value.includes(':') ? value.replace(/[^/]+$/, 'stranger') : '999999999999';
};

const asStranger = ({ context = {}, ...call }: PrincipalCall): PrincipalCall => ({
  ...call,
  context: Object.fromEntries(Object.entries(context).map(([key, value]) => [key, strange(value)])),
});

describe.each(setNames.filter((set) => iamSet(set).key !== undefined))('the key of %s', (set) => {
  const stack = iamSet(set);
  const calls = callsOnKey(stack);

  it('may be used by each service and role for what the stack stores: otherwise events are lost silently', async () => {
    expect(calls.length).toBeGreaterThan(40);
    for (const call of calls) expect([call, await may(stack, call)]).toEqual([call, true]);
  });

  it('may not be used for other buses, log groups and accounts, or through other services', async () => {
    for (const call of calls.filter(({ context = {} }) => Object.keys(context).length > 0)) {
      const strangers = asStranger(call);
      expect([strangers, await may(stack, strangers)]).toEqual([strangers, false]);
    }
  });
});

describe('the policy of a key', () => {
  const bySid = (set: string) =>
    Object.fromEntries((iamSet(set).key?.policy ?? []).map((one) => [one.Sid, one]));

  it('is the same for the key of the stack and an existing key, apart from the administrator', () => {
    const { AccountAdministers, ...own } = bySid('everything with the key of the stack');
    const { RolesOfTheAccount, ...required } = bySid('everything with an existing key');
    expect(required).toEqual(own);
    expect(AccountAdministers?.Principal).toEqual(RolesOfTheAccount?.Principal);
  });
});
