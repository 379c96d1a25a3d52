import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compileMappings } from '../../../../build/mappings/read.ts';
import { createHarness, sqsRecord } from '../harness.ts';
import { createLocalOrg } from './local-org.ts';

const compiled = await compileMappings('.');

/** A batch of events of a mapping of this project, and the API calls that it takes. */
async function run(
  name: string,
  sample: string,
  count: number,
  change: (detail: object, index: number) => object,
  prepare: (org: ReturnType<typeof createLocalOrg>) => Promise<unknown> = async () => undefined,
) {
  const mappings = compiled.filter((mapping) => mapping.name === name);
  const org = createLocalOrg();
  await prepare(org);
  const { run: handle, deadLetters } = createHarness({
    callSalesforce: org.callSalesforce,
    mappings,
  });
  const event = JSON.parse(readFileSync(`events/bus-${sample}.json`, 'utf8'));
  const records = Array.from({ length: count }, (_, index) => {
    const detail = change(event.detail, index);
    const own = { ...event, id: `event-${index}`, resources: [], detail };
    return sqsRecord(own, { messageId: `message-${index}` });
  });
  expect(await handle(records)).toEqual([]);
  expect(deadLetters).toEqual([]);
  return { org, calls: org.calls.length };
}

// Expressions have a time limit of the clock: one that stands still lets a busy machine count as a quiet one does.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const phone = (index: number): string => `+1415867${String(index).padStart(4, '0')}`;

describe('API calls of a batch of 1,000 events', () => {
  it('each an SMS whose sender is found by some ten spellings of the number', async () => {
    const contacts = Array.from({ length: 1_000 }, (_, index) => ({
      LastName: `Name ${index}`,
      MobilePhone: `(415) 867-${String(index).padStart(4, '0')}`,
    }));
    const { org, calls } = await run(
      'twilio-sms-to-contact',
      'twilio-message-received',
      1_000,
      (detail, index) => ({ ...detail, From: phone(index) }),
      ({ create }) => create('Contact', contacts),
    );
    const tasks = await org.rows('SELECT WhoId FROM Task WHERE WhoId != null');
    expect(tasks).toHaveLength(1_000);
    // One description; some twenty queries of 1,000 values, five in a call; five collections of 200 tasks.
    expect(calls).toBeLessThanOrEqual(14);
  });

  it('each an order with one Account, one Contact and five lines', async () => {
    const items = Array.from({ length: 5 }, (_, index) => ({
      sku: `SKU-${index}`,
      quantity: 1,
      price: 10,
    }));
    const { org, calls } = await run(
      'order-to-records',
      'order-with-items',
      1_000,
      (detail, index) => ({
        ...detail,
        orderId: `ORD-${index}`,
        customer: { id: `C-${index}`, lastName: 'O', companyId: `CO-${index}` },
        items,
      }),
    );
    expect(await org.rows('SELECT Id FROM Order__c')).toHaveLength(1_000);
    // Collections of 200: five each for accounts, contacts and orders, and 25 for 5,000 lines.
    expect(calls).toBe(40);
  });
});
