import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PutEventsEntry } from '../../../../functions/common/events/entry.ts';
import {
  createPublish,
  type Publishable,
  type PublishDependencies,
  toRequests,
} from '../../../../functions/common/events/publish.ts';

const entry = (id: string, detail = '{}'): Publishable => ({
  id,
  source: 's',
  detailType: 't',
  detail,
  resources: [],
});

function scene(overrides: Partial<PublishDependencies> = {}) {
  const put: PutEventsEntry[] = [];
  const spilled: PutEventsEntry[] = [];
  const stored = new Map<string, string>();
  const dependencies: PublishDependencies = {
    eventBusName: 'bus',
    payloadBucketName: 'bucket',
    maxEntryBytes: 1_000,
    putEntries: async (entries) => {
      put.push(...entries);
      return entries.map(() => undefined);
    },
    spill: async (given) => {
      spilled.push(given);
    },
    store: async (key, body) => {
      stored.set(key, body);
      return key;
    },
    ...overrides,
  };
  const publish = createPublish(dependencies);
  return {
    put,
    spilled,
    stored,
    publish: (entries: Publishable[]) => publish(entries, () => 5_000),
  };
}

const refuse: PublishDependencies['putEntries'] = async (entries) =>
  entries.map(() => ({ errorCode: 'InternalFailure' }));
const fail = async (): Promise<never> => {
  throw new Error('not available');
};

describe('publish', () => {
  it('puts an entry on the bus with its text unchanged', async () => {
    const { publish, put } = scene();
    expect(await publish([entry('1', '{ "a" : 1.0 }')])).toEqual([
      { outcome: 'published', claimCheck: false },
    ]);
    expect(put).toMatchObject([{ EventBusName: 'bus', Detail: '{ "a" : 1.0 }' }]);
  });

  it('spills what the bus refuses, with the reason', async () => {
    const { publish, spilled } = scene({ putEntries: refuse });
    expect(await publish([entry('1')])).toEqual([
      { outcome: 'spilled', claimCheck: false, errorCode: 'InternalFailure' },
    ]);
    expect(spilled).toHaveLength(1);
  });

  it('says so when neither the bus nor the spill queue takes an entry', async () => {
    const { publish } = scene({ putEntries: refuse, spill: fail });
    expect(await publish([entry('1')])).toMatchObject([{ outcome: 'failed' }]);
  });

  it('stores an oversize body and publishes a pointer under a detail-type of its own', async () => {
    const { publish, put, stored } = scene();
    const detail = JSON.stringify({ text: 'x'.repeat(2_000) });
    expect(await publish([entry('big', detail)])).toEqual([
      { outcome: 'published', claimCheck: true },
    ]);
    expect([...stored.values()]).toEqual([detail]);
    expect(put[0]?.DetailType).toBe('t.claim-check');
    expect(JSON.parse(put[0]?.Detail ?? '')).toMatchObject({
      bucket: 'bucket',
      key: [...stored.keys()][0],
      bytes: detail.length,
    });
  });

  it('treats a failed upload as a refusal: the whole entry is spilled', async () => {
    const { publish, put, spilled } = scene({ store: fail });
    const detail = JSON.stringify({ text: 'x'.repeat(2_000) });
    expect(await publish([entry('big', detail)])).toEqual([
      { outcome: 'spilled', claimCheck: false, errorCode: 'ClaimCheckFailed' },
    ]);
    expect(put).toEqual([]);
    expect(spilled[0]?.Detail).toBe(detail);
  });

  it('spills a pointer when escaping makes an entry too large for the spill queue', async () => {
    const { publish, spilled, stored } = scene({ putEntries: refuse, maxEntryBytes: 1_000_000 });
    const detail = JSON.stringify({ text: '"'.repeat(400_000) });
    expect(await publish([entry('quotes', detail)])).toMatchObject([{ outcome: 'spilled' }]);
    expect(spilled[0]?.DetailType).toBe('t.claim-check');
    expect([...stored.values()]).toEqual([detail]);
  });

  it('answers for each entry in order when some are refused', async () => {
    const putEntries: PublishDependencies['putEntries'] = async (entries) =>
      entries.map(({ Detail }) =>
        Detail.includes('bad') ? { errorCode: 'MalformedDetail' } : undefined,
      );
    const { publish } = scene({ putEntries });
    const outcomes = await publish([entry('1'), entry('2', '{"bad":1}'), entry('3')]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['published', 'spilled', 'published']);
  });
});

describe('requests', () => {
  it('hold at most 10 entries and 1 MB each, and every entry once and in order', () => {
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
        const requests = toRequests(entries, (size) => size);
        expect(requests.flat()).toEqual(entries);
        for (const request of requests) {
          expect(request.length).toBeLessThanOrEqual(10);
          expect(request.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(1_000_000);
        }
      }),
    );
  });
});
