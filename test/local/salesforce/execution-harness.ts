import { beforeEach, expect } from 'vitest';
import { type Answer, useTestOrg } from './harness.ts';

const KEY = { type: 'string', length: 80, unique: true, externalId: true } as const;

/** An org for a file of tests, reset before each, whose calls take time. */
export function useSlowOrg() {
  const org = useTestOrg({
    schema: [{ name: 'Key__c', fields: [{ ...KEY, name: 'Ext__c', label: 'Ext' }] }],
  });
  beforeEach(() => org().control('POST', 'reset'));

  const settings = (change: object) => org().control('PATCH', 'settings', change);
  const callsSoFar = async (): Promise<number> =>
    Object((await org().control('GET', 'settings')).body).apiRequestsUsed;

  return {
    org,
    settings,
    records: async (sObject: string) =>
      (await org().control('GET', `records/${sObject}`)).body as Record<string, unknown>[],
    create: async (sObject: string, fields: object): Promise<string> => {
      const { body } = await org().rest('POST', `/sobjects/${sObject}`, fields);
      return Object(body).id;
    },
    rename: (id: string, LastName: string) =>
      org().rest('PATCH', `/sobjects/Contact/${id}`, { LastName }),
    /**
     * Starts a request that takes `requestMs`, and waits until the org has run it. Requests after it take no time.
     * The promise is wrapped, so that awaiting this function does not await the answer.
     */
    start: async (requestMs: number, send: () => Promise<Answer>) => {
      const before = await callsSoFar();
      await settings({ requestMs });
      const answer = send();
      await expect.poll(callsSoFar, { interval: 2 }).toBe(before + 1);
      await settings({ requestMs: 0 });
      let isAnswered = false;
      answer.finally(() => {
        isAnswered = true;
      });
      return { answer, isAnswered: () => isAnswered };
    },
  };
}
