import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sqsRecord } from './harness.ts';
import { useSimulatedOrg } from './simulated-scene.ts';

const { createScene, org, reset } = useSimulatedOrg();

const request = (action: string, key: string, fields: object = {}) => ({
  action,
  resource: 'sobjects',
  object: 'Contact',
  record: `Ext__c/${key}`,
  ...fields,
});
const upsert = (key: string, LastName = key.slice(0, 80)) =>
  request('PATCH', key, { payload: { LastName } });

/** Handles a batch, and answers each request's reply in the order of the requests. */
async function run(requests: readonly object[]) {
  const { calls, ...harness } = createScene();
  const records = requests.map((body, index) => sqsRecord(body, { messageId: `m${index}` }));
  expect(await harness.run(records)).toEqual([]);
  const replies = new Map(harness.replies().map((reply) => [reply.processedid, reply]));
  return { calls, replies: requests.map((_, index) => replies.get(`m${index}`)) };
}

const keysStored = async (): Promise<unknown[]> =>
  (await org().records('Contact')).map((record) => Object(record).Ext__c);

const statusOf = (reply: unknown): unknown => Object(reply).data?.details?.status ?? 'success';

/** Keys that a URL does not carry, or that a server may read otherwise. */
const awkward = [
  'example@mail.inc',
  'A.INC',
  'b.inc ',
  'order.json',
  'order.xml',
  'a@b.example',
  '..',
  '.',
  '../..',
  'reports/./2026.pdf',
  'reports/../../limits',
  '/..',
  'a/..',
  'a\\..\\b',
  'reports/2026.pdf',
  "o'brien\\.inc",
  "..' OR Id != '",
  '%2e%2e',
  '...',
  'é/ü.inc',
];

describe('an external id', () => {
  it.each(awkward)('%j is upserted alone, and again, as one record', async (key) => {
    const first = await run([upsert(key, 'first')]);
    expect(first.replies).toMatchObject([{ category: 'success', data: { created: true } }]);
    const second = await run([upsert(key, 'second')]);
    expect(second.replies).toMatchObject([{ category: 'success', data: { created: false } }]);
    expect([first.calls.length, second.calls.length]).toEqual([1, 1]);
    expect(await keysStored()).toEqual([key.trim()]);
  });

  it('of any kind is upserted in a batch with others, each by its own key', async () => {
    const { replies } = await run(awkward.map((key) => upsert(key)));
    expect(replies.map(statusOf)).toEqual(awkward.map(() => 'success'));
    expect((await keysStored()).toSorted()).toEqual(awkward.map((key) => key.trim()).toSorted());
  });

  it.each(awkward)('%j names the record that is read, checked and deleted', async (key) => {
    await run([upsert(key), upsert('other')]);
    const { replies } = await run([request('GET', key)]);
    expect(replies).toMatchObject([{ category: 'success', data: { Ext__c: key.trim() } }]);
    const shared = await run([request('GET', key), request('GET', 'other'), request('HEAD', key)]);
    expect(shared.replies.map(statusOf)).toEqual(['success', 'success', 'success']);
    expect((await run([request('DELETE', key)])).replies).toMatchObject([{ category: 'success' }]);
    expect(await keysStored()).toEqual(['other']);
  });

  it('that no record has is 404, and nothing is made', async () => {
    for (const action of ['GET', 'DELETE'])
      for (const key of ['none.inc', '..'])
        expect((await run([request(action, key)])).replies.map(statusOf)).toEqual([404]);
    const updateOnly = request('PATCH', '..', {
      payload: { LastName: 'N' },
      query: { updateOnly: 'true' },
    });
    expect((await run([updateOnly])).replies.map(statusOf)).toEqual([404]);
    expect(await keysStored()).toEqual([]);
  });

  it('is looked up for an update that a collection can not make', async () => {
    await run([upsert('a.inc')]);
    const { calls, replies } = await run([
      request('PATCH', 'a.inc', { payload: { LastName: 'new' }, query: { updateOnly: 'true' } }),
    ]);
    expect(replies).toMatchObject([{ category: 'success' }]);
    expect(calls.map(({ method }) => method)).toEqual(['GET', 'PATCH']);
    expect(await org().records('Contact')).toMatchObject([{ LastName: 'new', Ext__c: 'a.inc' }]);
  });

  it('that several records have is 300, and none is deleted', async () => {
    const legacy = { object: 'Contact', resource: 'sobjects' };
    const create = (LastName: string) => ({
      ...legacy,
      action: 'POST',
      payload: { LastName, Legacy_Id__c: 'a.inc' },
    });
    await run([create('one'), create('two')]);
    const { replies } = await run([{ ...legacy, action: 'DELETE', record: 'Legacy_Id__c/a.inc' }]);
    expect(replies.map(statusOf)).toEqual([300]);
    expect(await keysStored()).toHaveLength(2);
  });

  it('that is plain is part of the URL, in one call', async () => {
    await run([upsert('k-1')]);
    for (const one of [upsert('k-1'), request('GET', 'k-1'), request('DELETE', 'k-1')]) {
      const { calls } = await run([one]);
      expect(calls.map(({ path }) => path)).toEqual([
        '/services/data/v68.0/sobjects/Contact/Ext__c/k-1',
      ]);
    }
  });

  it('of any printable text names one record', async () => {
    const part = fc.oneof(
      fc.constantFrom('.', '..', '/', '\\', '.inc', '%2F', "'", '?', '#', ' ', ';', ':', '@{a.b}'),
      fc.string({ minLength: 1, maxLength: 5 }),
    );
    const key = fc
      .array(part, { minLength: 1, maxLength: 4 })
      .map((parts) => `k${parts.join('')}`.trimEnd());
    await fc.assert(
      fc.asyncProperty(key, async (value) => {
        await reset();
        const made = await run([upsert(value, 'N'), upsert('other')]);
        expect(made.replies.map(statusOf)).toEqual(['success', 'success']);
        const read = await run([request('GET', value)]);
        expect(read.replies).toMatchObject([{ data: { Ext__c: value } }]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('dot segments', () => {
  it.each([
    ['an id', { record: '..' }],
    ['a record of no object', { object: null, record: 'a/../../apexrest' }],
    ['what follows a line separator', { record: 'a\u2028/../x' }],
    ['a field', { record: '../a' }],
    ['an object', { object: 'Contact/..', record: 'Ext__c/a' }],
    ['a path of Apex REST', { resource: 'apexrest', record: 'a/..' }],
    ['a relationship', { record: '003000000000001/..' }],
    ['the external id of a POST', { action: 'POST' }],
    ['the external id of a PUT', { action: 'PUT' }],
  ])('in %s are refused, without a call', async (_where, fields) => {
    const { calls, replies } = await run([{ ...request('PATCH', '..'), payload: {}, ...fields }]);
    expect(calls).toEqual([]);
    expect(replies).toMatchObject([
      {
        category: 'error',
        data: { description: expect.stringContaining('must not contain . or ..') },
      },
    ]);
  });
});
