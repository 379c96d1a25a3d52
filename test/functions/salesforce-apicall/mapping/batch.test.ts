import { describe, expect, it } from 'vitest';
import type {
  Expression,
  FindStep,
  Mapping,
  Step,
} from '../../../../functions/salesforce-apicall/mapping/definition.ts';
import { errorSchema } from '../../../../functions/salesforce-apicall/outcome/reply-schema.ts';
import { createHarness, sqsRecord } from '../harness.ts';
import { constant, mappingOf } from './execution-harness.ts';
import { createLocalOrg } from './local-org.ts';

const jsonata = (source: string, place = 'fields.X'): Expression => ({ source, place });

/** An order's customer is found by the e-mail address, and gets a task. */
const findContact: FindStep = {
  verb: 'find',
  name: 'contact',
  as: 'contact',
  object: 'Contact',
  where: [{ Email: jsonata('detail.email') }],
  select: ['Id', 'Email', 'LastName'],
  many: 'fail',
  none: 'continue',
};

const createTask: Step = {
  verb: 'create',
  name: 'create-Task',
  object: 'Task',
  nulls: 'clear',
  fields: { Subject: jsonata('"Order of " & $contact.LastName'), WhoId: jsonata('$contact.Id') },
};

const event = (id: string, detail: unknown) => ({
  version: '0',
  id,
  'detail-type': 'Order Placed',
  source: 'shop',
  time: '2026-01-01T00:00:00Z',
  resources: [],
  detail,
});

const config = { mappedSources: ['shop'], mappedDetailTypes: ['Order Placed'] };

const scene = (mappings: readonly Mapping[]) => {
  const org = createLocalOrg();
  const harness = createHarness({ callSalesforce: org.callSalesforce, config, mappings });
  const run = (events: readonly object[], receiveCount = 1, attributes = {}) =>
    harness.run(
      events.map((one, index) =>
        sqsRecord(one, {
          messageId: `message-${index}`,
          receiveCount,
          messageAttributes: attributes,
        }),
      ),
    );
  return { ...harness, org, run };
};

const contacts = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    LastName: `Name ${index}`,
    Email: `person-${index}@example.com`,
  }));

describe('mappings in a batch', () => {
  it('finds and creates for 1,000 events in at most ten API calls', async () => {
    const { org, run, replies } = scene([mappingOf([findContact, createTask])]);
    const ids = await org.create('Contact', contacts(1_000));
    const orders = ids.map((_, index) =>
      event(`event-${index}`, { email: `person-${index}@example.com` }),
    );
    expect(await run(orders)).toEqual([]);
    expect(org.calls.length).toBeLessThanOrEqual(10);
    const tasks = await org.rows('SELECT WhoId, Subject FROM Task');
    expect(tasks).toHaveLength(1_000);
    expect(new Set(tasks.map(({ WhoId }) => WhoId)).size).toBe(1_000);
    expect(replies()[0]).toMatchObject({
      category: 'success',
      processedid: 'event-0',
      processedtype: 'Order Placed',
      data: {
        steps: {
          contact: { LastName: 'Name 0' },
          'create-Task': { Id: expect.stringMatching(/^00T/), created: true },
        },
      },
    });
  });

  it('writes for some of the events that came back before it finds for the others', async () => {
    const { org, run } = scene([mappingOf([findContact, createTask])]);
    const ids = await org.create('Contact', contacts(450));
    const orders = ids.map((_, index) =>
      event(`event-${index}`, { email: `person-${index}@example.com` }),
    );
    const before = org.calls.length;
    expect(await run(orders, 2)).toEqual([]);
    const paths = org.calls.slice(before).map(({ path }) => path);
    const isQuery = (path: string): boolean => path.includes('/query');
    const firstWrite = paths.findIndex((path) => path.endsWith('/composite/sobjects'));
    expect(firstWrite).toBeGreaterThan(0);
    expect(paths.findLastIndex(isQuery)).toBeGreaterThan(firstWrite);
    expect(await org.rows('SELECT Id FROM Task')).toHaveLength(450);
  });

  it('says which step found several, and goes on there after a correction', async () => {
    const { org, run, deadLetters, replies } = scene([mappingOf([findContact, createTask])]);
    const [first = ''] = await org.create('Contact', [...contacts(1), ...contacts(1)]);
    const order = event('event-1', { email: 'person-0@example.com' });
    expect(await run([order, event('event-2', { email: 'nobody@example.com' })])).toEqual([]);
    expect(deadLetters[0]?.failure).toMatchObject({
      class: 'permanent-data',
      errorCode: 'MAPPING_MANY_FOUND',
      correlation: { mapping: 'example', step: 'contact' },
    });
    expect(
      replies()
        .map(({ category }) => category)
        .toSorted(),
    ).toEqual(['error', 'success']);
    await org.request('PATCH', `sobjects/Contact/${first}`, { Email: 'other@example.com' });
    const Redrive = { dataType: 'String' as const, stringValue: '{"count":1}' };
    expect(await run([order], 1, { Redrive })).toEqual([]);
    expect(await org.rows('SELECT Id FROM Task')).toHaveLength(2);
  });

  it('acknowledges a fresh event that no mapping matches, and parks a redriven one', async () => {
    const never = mappingOf([createTask], {
      on: { source: ['shop'], 'detail-type': ['Order Placed'], detail: { email: ['x'] } },
    });
    const { counted, deadLetters, run } = scene([never]);
    expect(await run([event('event-1', {})])).toEqual([]);
    expect(counted).toContain('EventUnmapped');
    expect(deadLetters).toEqual([]);
    const Redrive = { dataType: 'String' as const, stringValue: '{"count":1}' };
    await run([event('event-1', {})], 1, { Redrive });
    expect(deadLetters[0]?.failure).toMatchObject({ class: 'no-mapping', errorCode: 'NO_MAPPING' });
  });

  it('refuses an event of a rule that is not of this stack, as without mappings', async () => {
    const { deadLetters, run } = scene([mappingOf([createTask])]);
    await run([{ ...event('event-1', {}), source: 'elsewhere' }]);
    expect(deadLetters[0]?.failure).toMatchObject({ class: 'permanent-data' });
  });

  it('gives each of several mappings a message of its own', async () => {
    const other = mappingOf([createTask], { name: 'other' });
    const { org, requeued, run } = scene([mappingOf([createTask]), other]);
    expect(await run([event('event-1', {})])).toEqual([]);
    expect(requeued).toHaveLength(2);
    expect(org.calls).toEqual([]);
    const Mapping = { dataType: 'String' as const, stringValue: 'other' };
    await run([event('event-1', {})], 1, { Mapping });
    expect(await org.rows('SELECT Id FROM Task')).toHaveLength(1);
  });

  it('lets one of several equal events create what all of them look for', async () => {
    const create: Step = {
      verb: 'create',
      name: 'new',
      object: 'Contact',
      nulls: 'clear',
      unless: jsonata('$contact', 'unless'),
      fields: { LastName: constant('New'), Email: jsonata('detail.email') },
    };
    const { org, run } = scene([mappingOf([findContact, create])]);
    const orders = ['a', 'b', 'c', 'd'].map((id) => event(id, { email: 'new@example.com' }));
    expect(await run(orders)).toEqual([]);
    expect(await org.rows('SELECT Id FROM Contact')).toHaveLength(1);
  });

  it('shares API calls with requests of the same batch', async () => {
    const { org, run } = scene([mappingOf([createTask])]);
    const request = {
      action: 'POST',
      resource: 'sobjects',
      object: 'Task',
      payload: { Subject: 'A request' },
    };
    expect(await run([event('event-1', {}), request])).toEqual([]);
    expect(org.calls).toHaveLength(1);
    expect(await org.rows('SELECT Id FROM Task')).toHaveLength(2);
  });

  it('names the place of an expression that fails, and lets its neighbours be', async () => {
    const failing = mappingOf([
      { ...createTask, fields: { Subject: jsonata('$number(detail.n) & ""', 'fields.Subject') } },
    ]);
    const { deadLetters, org, replies, run } = scene([failing]);
    expect(await run([event('bad', { n: 'x' }), event('good', { n: '1' })])).toEqual([]);
    const { data } = replies().find(({ category }) => category === 'error');
    expect(data.details).toEqual({
      errorCode: 'MAPPING_EXPRESSION',
      retryable: false,
      errors: [],
      mapping: { mapping: 'example', step: 'create-Task', place: 'fields.Subject' },
    });
    expect(errorSchema.parse(data)).toEqual(data);
    expect(deadLetters[0]?.failure?.correlation).toMatchObject({
      mapping: 'example',
      step: 'create-Task',
      place: 'fields.Subject',
    });
    expect(await org.rows('SELECT Id FROM Task')).toHaveLength(1);
  });
});
