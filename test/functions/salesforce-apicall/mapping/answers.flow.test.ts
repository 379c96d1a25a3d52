import { describe, expect, it } from 'vitest';
import type { Publish } from '../../../../functions/common/events/publish.ts';
import type {
  CallStep,
  Step,
} from '../../../../functions/salesforce-apicall/mapping/definition.ts';
import type { ApiResponse } from '../../../../functions/salesforce-apicall/salesforce/client.ts';
import { createHarness, sqsRecord } from '../harness.ts';
import { constant, mappingOf } from './execution-harness.ts';

const tick = (): Promise<void> => new Promise(setImmediate);

const read = (name: string, others: Partial<CallStep> = {}): CallStep => ({
  verb: 'call',
  name,
  request: {
    action: constant('GET'),
    resource: constant('query'),
    query: { q: { source: `"SELECT ${name} FROM Contact WHERE Key__c = " & id`, place: 'query' } },
  },
  ...others,
});

/** Runs 40 events of a mapping whose calls have large responses, and counts those that are held at once. */
async function run(steps: readonly Step[]) {
  const held = { now: 0, most: 0 };
  const callSalesforce = async (): Promise<ApiResponse> => {
    held.now += 1;
    held.most = Math.max(held.most, held.now);
    await tick();
    return { status: 200, headers: {}, body: { records: ['x'.repeat(1_000_000)], done: true } };
  };
  const publish =
    (bus: Publish): Publish =>
    async (entries, remainingMs) => {
      for (let ticks = 0; ticks < 5; ticks += 1) await tick();
      held.now -= entries.length;
      return bus(entries, remainingMs);
    };
  const harness = createHarness({
    callSalesforce,
    publish,
    config: { mappedSources: ['shop'], mappedDetailTypes: ['Order Placed'] },
    mappings: [mappingOf(steps)],
  });
  const records = Array.from({ length: 40 }, (_, index) =>
    sqsRecord(
      { id: `e${index}`, source: 'shop', 'detail-type': 'Order Placed', resources: [], detail: {} },
      { messageId: `m${index}` },
    ),
  );
  expect(await harness.run(records)).toEqual([]);
  expect(harness.deadLetters).toEqual([]);
  return { ...harness, held };
}

describe('the responses to the calls of mappings', () => {
  it('are held for five calls at most: no call begins before the reply to an earlier one is published', async () => {
    const { held, replies } = await run([read('Id')]);
    expect(held.most).toBe(5);
    expect(replies()).toHaveLength(40);
    expect(replies()[0].data.records[0]).toHaveLength(1_000_000);
  });

  it('are not kept whole for the steps after them', async () => {
    const { replies, items } = await run([read('Id'), read('Name')]);
    expect(replies()[0].data).toEqual({
      steps: { Id: { Id: null, created: false }, Name: { Id: null, created: false } },
    });
    for (const { steps } of items.values()) expect(steps?.S?.length).toBeLessThan(1_000);
  });
});
