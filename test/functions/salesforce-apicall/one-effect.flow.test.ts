import { beforeEach, describe, expect, it } from 'vitest';
import { sqsRecord } from './harness.ts';
import { useSimulatedOrg } from './simulated-scene.ts';

const { createScene, org } = useSimulatedOrg();

const FIELD = 'EventId__c';
const strong = { eventIdFields: new Map([['case', FIELD]]) };

const open = (fields: object = {}) => ({
  action: 'POST',
  resource: 'sobjects',
  object: 'Case',
  idempotencyKey: 'k-1',
  payload: { Subject: 'Order', Status: 'New' },
  ...fields,
});

let deliveries = 0;
beforeEach(() => {
  deliveries = 0;
});

/** New messages, as a replay or a producer's retry sends them. */
const messages = (...bodies: readonly unknown[]) =>
  bodies.map((body) => {
    deliveries += 1;
    return sqsRecord(body, { messageId: `m${deliveries}` });
  });

const categoriesOf = (scene: ReturnType<typeof createScene>): string[] =>
  scene.replies().map(({ category }) => category);

const cases = () => org().records('Case');

describe('with a field for event ids, a create', () => {
  it('leaves the record as people have changed it since, when its event comes again', async () => {
    const scene = createScene(strong);
    await scene.run(messages(open()));
    const [{ Id = '' } = { Id: '' }] = await cases();
    await scene.run(
      messages({
        action: 'PATCH',
        resource: 'sobjects',
        object: 'Case',
        record: Id,
        payload: { Status: 'Closed' },
      }),
    );
    // The idempotency record is gone: only Salesforce can tell.
    scene.items.clear();
    await scene.run(messages(open(), open()));
    expect(await cases()).toMatchObject([{ Id, Status: 'Closed' }]);
    expect(categoriesOf(scene)).toEqual(['success', 'success', 'success', 'success']);
    expect(scene.replies().at(-1)?.data.id).toBe(Id);
  });

  it.each([
    ['case', 'Order-1', 'order-1'],
    ['blanks at their ends', 'k', ' k '],
    ['letters that look alike', 'é', 'e\u0301'],
    ['what follows 64 characters', `${'a'.repeat(64)}1`, `${'a'.repeat(64)}2`],
  ])('makes a record for each of two keys that differ in %s', async (_in, one, other) => {
    const scene = createScene(strong);
    await scene.run(messages(open({ idempotencyKey: one }), open({ idempotencyKey: other })));
    await scene.run(messages(open({ idempotencyKey: other }), open({ idempotencyKey: one })));
    const stored = (await cases()).map((record) => String(record[FIELD]));
    expect(new Set(stored).size).toBe(2);
    for (const key of stored) expect(key).toMatch(/^[a-z0-9._:-]{1,64}$/);
    expect(categoriesOf(scene)).toEqual(['success', 'success', 'success', 'success']);
  });

  it('is not made again that was made before the field was named', async () => {
    const before = createScene();
    await before.run(messages(open()));
    const after = createScene(strong);
    for (const [id, item] of before.items) after.items.set(id, item);
    await after.run(messages(open()));
    expect(await cases()).toHaveLength(1);
    expect(after.calls).toEqual([]);
    expect(categoriesOf(after)).toEqual(['success']);
  });

  it('whose response was lost is made again, with one record in the end', async () => {
    const scene = createScene(strong);
    await org().addFault({ match: { method: 'POST' }, reset: true, times: 1, after: 'commit' });
    const [first] = messages(open());
    if (first === undefined) throw new Error('There is no message');
    expect(await scene.run([first])).toEqual(['m1']);
    scene.clock.now += 60_000;
    expect(await scene.run([first])).toEqual([]);
    expect(await cases()).toHaveLength(1);
    expect(categoriesOf(scene)).toEqual(['success']);
  });
});

describe('one idempotency key', () => {
  it.each<[string, object, object]>([
    ['object in another case', { object: 'Case' }, { object: 'cASE' }],
    ['resource in another case', { resource: 'sobjects' }, { resource: 'sObjects' }],
    [
      'header in another case',
      { headers: { 'Sforce-Auto-Assign': 'false' } },
      { headers: { 'sforce-auto-assign': 'false' } },
    ],
    ['action in another case', { action: 'POST' }, { action: 'post' }],
    [
      'payload with its keys in another order',
      { payload: { Subject: 'a', Status: 'New' } },
      { payload: { Status: 'New', Subject: 'a' } },
    ],
  ])('is one effect, whatever the form: %s', async (_what, one, other) => {
    const scene = createScene();
    await scene.run(messages(open(one)));
    await scene.run(messages(open(other)));
    expect(await cases()).toHaveLength(1);
    expect(categoriesOf(scene)).toEqual(['success', 'success']);
  });

  it.each<[string, object]>([
    ['payload', { payload: { Subject: 'other', Status: 'New' } }],
    ['query', { query: { a: 'b' } }],
    ['header', { headers: { 'Sforce-Auto-Assign': 'false' } }],
  ])('for another %s is refused', async (_what, other) => {
    const scene = createScene();
    await scene.run(messages(open()));
    await scene.run(messages(open(other)));
    expect(await cases()).toHaveLength(1);
    expect(scene.deadLetters).toHaveLength(1);
    expect(JSON.stringify(scene.replies().at(-1))).toContain('was used before for another payload');
  });
});

type SourceAndId = [source: string, id: string];

describe('two CloudEvents', () => {
  const cloudEvent = (source: string, id: string) => ({
    specversion: '1.0',
    type: 'io.triggermesh.salesforce.apicall',
    source,
    id,
    data: { ...open(), idempotencyKey: undefined },
  });

  it.each<[SourceAndId, SourceAndId]>([
    [
      ['/shops/berlin', '17'],
      ['/shops', 'berlin/17'],
    ],
    [
      ['/shops"', '17'],
      ['/shops', '"17'],
    ],
    [
      ['/shops","', '17'],
      ['/shops', '","17'],
    ],
    [
      ['/shops', '17'],
      ['/shops', '17 '],
    ],
    [
      ['/shops', '17'],
      ['/SHOPS', '17'],
    ],
    [
      ['["/shops"', '17]'],
      ['["/shops', '"17]'],
    ],
  ])('%j and %j have an effect each', async (one, other) => {
    for (const config of [undefined, strong]) {
      const scene = createScene(config);
      const before = (await cases()).length;
      await scene.run(messages(cloudEvent(...one), cloudEvent(...other)));
      await scene.run(messages(cloudEvent(...other), cloudEvent(...one)));
      expect(await cases()).toHaveLength(before + 2);
    }
  });
});
