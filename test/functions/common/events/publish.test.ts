import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PutEventsEntry } from '../../../../functions/common/events/event-bus.ts';
import {
  createPublish,
  type Publishable,
  type PublishClients,
  toPutEventsBatches,
} from '../../../../functions/common/events/publish.ts';

const entry = (id: string, detail = '{}'): Publishable => ({
  id,
  source: 's',
  detailType: 't',
  detail,
  resources: [],
});

interface Overrides extends Partial<PublishClients> {
  readonly maxEntryBytes?: number;
}

function createHarness({ maxEntryBytes = 1_000, ...overrides }: Overrides = {}) {
  const put: PutEventsEntry[] = [];
  const spilled: PutEventsEntry[] = [];
  const stored = new Map<string, string>();
  const config = { eventBusName: 'bus', payloadBucketName: 'bucket', maxEntryBytes };
  const clients: PublishClients = {
    putEntries: async (entries) => {
      put.push(...entries);
      return entries.map((_, index) => ({ eventId: `event-${index}` }));
    },
    spillEntry: async (given) => {
      spilled.push(given);
      return 'spilled-1';
    },
    storePayload: async (key, body) => {
      stored.set(key, body);
      return key;
    },
    ...overrides,
  };
  const publish = createPublish(config, clients);
  return {
    put,
    spilled,
    stored,
    publish: (entries: Publishable[]) => publish(entries, () => 5_000),
  };
}

const rejectAll: PublishClients['putEntries'] = async (entries) =>
  entries.map(() => ({ errorCode: 'InternalFailure' }));
const fail = async (): Promise<never> => {
  throw new Error('not available');
};

describe('createPublish', () => {
  it('puts an entry on the bus with its detail unchanged', async () => {
    const { publish, put } = createHarness();
    expect(await publish([entry('1', '{ "a" : 1.0 }')])).toEqual([
      { outcome: 'published', eventId: 'event-0' },
    ]);
    expect(put).toMatchObject([{ EventBusName: 'bus', Detail: '{ "a" : 1.0 }' }]);
  });

  it('spills an entry that the bus rejects, with the error code', async () => {
    const { publish, spilled } = createHarness({ putEntries: rejectAll });
    expect(await publish([entry('1')])).toEqual([
      { outcome: 'spilled', messageId: 'spilled-1', errorCode: 'InternalFailure' },
    ]);
    expect(spilled).toHaveLength(1);
  });

  it('returns failed if neither the bus nor the spill queue accepts an entry', async () => {
    const { publish } = createHarness({ putEntries: rejectAll, spillEntry: fail });
    expect(await publish([entry('1')])).toMatchObject([{ outcome: 'failed' }]);
  });

  it('stores an oversize payload and publishes a claim check with its own detail-type', async () => {
    const { publish, put, stored } = createHarness();
    const detail = JSON.stringify({ text: 'x'.repeat(2_000) });
    const results = await publish([entry('big', detail)]);
    const [payloadKey] = stored.keys();
    expect(results).toEqual([{ outcome: 'published', eventId: 'event-0', payloadKey }]);
    expect([...stored.values()]).toEqual([detail]);
    expect(put[0]?.DetailType).toBe('t.claim-check');
    expect(JSON.parse(put[0]?.Detail ?? '')).toMatchObject({
      bucket: 'bucket',
      key: [...stored.keys()][0],
      bytes: detail.length,
    });
  });

  it('spills the whole entry if the upload of its payload fails', async () => {
    const { publish, put, spilled } = createHarness({ storePayload: fail });
    const detail = JSON.stringify({ text: 'x'.repeat(2_000) });
    expect(await publish([entry('big', detail)])).toEqual([
      { outcome: 'spilled', messageId: 'spilled-1', errorCode: 'ClaimCheckFailed' },
    ]);
    expect(put).toEqual([]);
    expect(spilled[0]?.Detail).toBe(detail);
  });

  it('spills a claim check if escaping makes an entry too large for the spill queue', async () => {
    const { publish, spilled, stored } = createHarness({
      putEntries: rejectAll,
      maxEntryBytes: 1_000_000,
    });
    const detail = JSON.stringify({ text: '"'.repeat(400_000) });
    const results = await publish([entry('quotes', detail)]);
    const [payloadKey] = stored.keys();
    expect(results).toMatchObject([{ outcome: 'spilled', payloadKey }]);
    expect(spilled[0]?.DetailType).toBe('t.claim-check');
    expect([...stored.values()]).toEqual([detail]);
  });

  it('returns one result per entry, in order, if some are rejected', async () => {
    const putEntries: PublishClients['putEntries'] = async (entries) =>
      entries.map(({ Detail }) =>
        Detail.includes('bad') ? { errorCode: 'MalformedDetail' } : { eventId: 'event-1' },
      );
    const { publish } = createHarness({ putEntries });
    const outcomes = await publish([entry('1'), entry('2', '{"bad":1}'), entry('3')]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['published', 'spilled', 'published']);
  });
});

describe('toPutEventsBatches', () => {
  it('splits into requests of at most 10 entries and 1 MB, in order and without loss', () => {
    const oneSize = fc.oneof(
      fc.integer({ min: 1, max: 1_000 }),
      fc.integer({ min: 1, max: 1_000_000 }),
    );
    const sizes = fc.oneof(
      fc.array(oneSize, { maxLength: 60 }),
      fc.array(fc.constant(1), { minLength: 11, maxLength: 40 }),
    );
    fc.assert(
      fc.property(sizes, (entries) => {
        const requests = toPutEventsBatches(entries, (size) => size);
        expect(requests.flat()).toEqual(entries);
        for (const request of requests) {
          expect(request.length).toBeLessThanOrEqual(10);
          expect(request.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(1_000_000);
        }
      }),
    );
  });
});
