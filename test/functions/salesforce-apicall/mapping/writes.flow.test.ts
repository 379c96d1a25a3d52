import { describe, expect, it } from 'vitest';
import type {
  Expression,
  Mapping,
  Step,
} from '../../../../functions/salesforce-apicall/mapping/definition.ts';
import { createHarness, sqsRecord } from '../harness.ts';
import { constant, mappingOf } from './execution-harness.ts';
import { createLocalOrg } from './local-org.ts';

const jsonata = (source: string, place = 'fields.X'): Expression => ({ source, place });

const order = (id: string, detail: object) => ({
  version: '0',
  id,
  'detail-type': 'Order Placed',
  source: 'shop',
  time: '2026-01-01T00:00:00Z',
  resources: [],
  detail,
});

type Config = Parameters<typeof createHarness>[0]['config'];

function scene(steps: readonly Step[], others: Partial<Mapping> = {}, config: Config = {}) {
  const org = createLocalOrg();
  const harness = createHarness({
    callSalesforce: org.callSalesforce,
    config: { mappedSources: ['shop'], mappedDetailTypes: ['Order Placed'], ...config },
    mappings: [mappingOf(steps, others)],
  });
  const run = async (id: string, detail: object) => {
    const record = sqsRecord(order(id, detail), { messageId: `message of ${id}` });
    expect(await harness.run([record])).toEqual([]);
    const [reply] = harness.replies().slice(-1);
    return {
      category: reply.category,
      failure: harness.deadLetters.at(-1)?.failure,
      data: reply.data,
    };
  };
  const contacts = () => org.rows('SELECT LastName, Ext__c FROM Contact');
  return { org, run, contacts };
}

const byKey = { by: { field: 'Ext__c', value: jsonata('detail.key', 'by.Ext__c') } };
const fields = { LastName: jsonata('detail.name') };

describe('a delete', () => {
  const steps = (target: object): Step[] => [
    { verb: 'delete', name: 'gone', object: 'Contact', target: Object(target) },
  ];
  const byId = { id: jsonata('detail.id', 'id') };

  it('deletes a record by id, and by its external id', async () => {
    const { org, run, contacts } = scene(steps(byKey));
    await org.create('Contact', [{ LastName: 'A', Ext__c: 'a' }, { LastName: 'B' }]);
    expect(await run('event-1', { key: 'a' })).toMatchObject({ category: 'success' });
    expect(await contacts()).toMatchObject([{ LastName: 'B' }]);
  });

  it('of a record that there never was has succeeded', async () => {
    const { run } = scene(steps(byKey));
    expect(await run('event-1', { key: 'never' })).toMatchObject({ category: 'success' });
  });

  it('of a record that somebody has deleted has succeeded', async () => {
    const { org, run } = scene(steps(byId));
    const [id = ''] = await org.create('Contact', [{ LastName: 'A' }]);
    await org.request('DELETE', `sobjects/Contact/${id}`);
    expect(await run('event-1', { id })).toMatchObject({ category: 'success' });
  });

  it('by a field that is no external id is a mistake, and no success', async () => {
    const { run } = scene(
      steps({ by: { field: 'Title', value: jsonata('detail.key', 'by.Title') } }),
    );
    expect(await run('event-1', { key: 'a' })).toMatchObject({ category: 'error' });
  });
});

describe('an update by an external id', () => {
  const update: Step[] = [
    { verb: 'update', name: 'known', object: 'Contact', nulls: 'clear', target: byKey, fields },
  ];

  it('changes the record', async () => {
    const { org, run, contacts } = scene(update);
    await org.create('Contact', [{ LastName: 'Old', Ext__c: 'a' }]);
    expect(await run('event-1', { key: 'a', name: 'New' })).toMatchObject({ category: 'success' });
    expect(await contacts()).toMatchObject([{ LastName: 'New', Ext__c: 'a' }]);
  });

  it('fails if there is none, and creates nothing', async () => {
    const { run, contacts } = scene(update);
    const { category, failure } = await run('event-1', { key: 'a', name: 'New' });
    expect({ category, failure }).toMatchObject({
      category: 'error',
      failure: { class: 'permanent-data', errorCode: 'NOT_FOUND', correlation: { step: 'known' } },
    });
    expect(await contacts()).toEqual([]);
  });
});

describe('events with the same key', () => {
  const create: Step = { verb: 'create', name: 'new', object: 'Contact', nulls: 'clear', fields };
  const keyed = { key: jsonata('detail.order', 'key') };

  it('and the same payload make one record', async () => {
    const { run, contacts } = scene([create], keyed);
    await run('event-1', { order: '7', name: 'A' });
    expect(await run('event-2', { order: '7', name: 'A' })).toMatchObject({ category: 'success' });
    expect(await contacts()).toHaveLength(1);
  });

  it('and another payload are refused, and both events are named, without what they contain', async () => {
    const { run, contacts } = scene([create], keyed);
    await run('event-1', { order: '7', name: 'Adams' });
    const { category, failure, data } = await run('event-2', { order: '7', name: 'Baker' });
    expect({ category, failure }).toMatchObject({
      category: 'error',
      failure: {
        class: 'permanent-data',
        message: expect.stringMatching(/event event-1 .* event event-2; name what differs in key:/),
      },
    });
    expect(JSON.stringify([failure, data])).not.toMatch(/Adams|Baker/);
    expect(await contacts()).toMatchObject([{ LastName: 'Adams' }]);
  });

  it('have other effects in another step', async () => {
    const { run, contacts } = scene([create, { ...create, name: 'new-2' }], keyed);
    await run('event-1', { order: '7', name: 'A' });
    expect(await contacts()).toHaveLength(2);
  });
});

describe('the allow-lists', () => {
  const create: Step = { verb: 'create', name: 'new', object: 'Contact', nulls: 'clear', fields };
  const call: Step = {
    verb: 'call',
    name: 'raw',
    request: {
      action: constant('GET'),
      resource: constant('query'),
      query: { q: constant('SELECT Id FROM Contact') },
    },
  };
  const upsert: Step = {
    verb: 'upsert',
    name: 'parent',
    object: 'Account',
    nulls: 'clear',
    target: byKey,
    fields: { Name: jsonata('detail.name') },
  };

  it.each<[string, Step[], NonNullable<Config>, string]>([
    ['an object', [create], { allowedObjects: new Set(['account']) }, 'new'],
    ['an action', [create], { allowedActions: new Set(['GET']) }, 'new'],
    ['a resource', [call], { allowedResources: new Set(['sobjects']) }, 'raw'],
    ['a query, whatever it is of', [call], { allowedObjects: new Set(['contact']) }, 'raw'],
    [
      'an object of a later step',
      [upsert, create],
      { allowedObjects: new Set(['account']) },
      'new',
    ],
  ])('refuse %s to a step of a mapping', async (_what, steps, config, step) => {
    const { org, run } = scene(steps, {}, config);
    const { category, failure } = await run('event-1', { name: 'A', key: 'a' });
    expect({ category, failure }).toMatchObject({
      category: 'error',
      failure: { class: 'permanent-data', correlation: { mapping: 'example', step } },
    });
    expect(org.calls.length).toBe(steps.length - 1);
  });

  it('allow what they name', async () => {
    const config = { allowedObjects: new Set(['account', 'contact']) };
    const { run } = scene([upsert, create], {}, config);
    expect(await run('event-1', { name: 'A', key: 'a' })).toMatchObject({ category: 'success' });
  });
});
