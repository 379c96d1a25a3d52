import { describe, expect, it } from 'vitest';
import type {
  Expression,
  FindStep,
  Mapping,
  Step,
} from '../../../../functions/salesforce-apicall/mapping/definition.ts';
import { replySchema } from '../../../../functions/salesforce-apicall/outcome/reply-schema.ts';
import { createHarness, sqsRecord } from '../harness.ts';
import { constant, mappingOf } from './execution-harness.ts';
import { createLocalOrg } from './local-org.ts';

const jsonata = (source: string, place: string): Expression => ({ source, place });

const account: Step = {
  verb: 'upsert',
  name: 'account',
  as: 'account',
  object: 'Account',
  nulls: 'clear',
  target: { by: { field: 'Shop_Id__c', value: jsonata('detail.shop', 'by.Shop_Id__c') } },
  fields: { Name: jsonata('detail.shop', 'fields.Name') },
};

const contact: FindStep = {
  verb: 'find',
  name: 'contact',
  as: 'contact',
  object: 'Contact',
  where: [{ Email: jsonata('detail.email', 'where.Email') }],
  select: ['Id', 'Email'],
  many: 'fail',
  none: 'continue',
};

const tasks: Step = {
  verb: 'create',
  name: 'create-Task',
  object: 'Task',
  nulls: 'clear',
  each: jsonata('detail.tasks', 'each'),
  fields: { Subject: jsonata('$item & $number($item)', 'fields.Subject') },
};

const lead: Step = {
  verb: 'create',
  name: 'create-Lead',
  object: 'Lead',
  nulls: 'clear',
  when: jsonata('detail.isLead', 'when'),
  fields: { LastName: constant('x'), Company: constant('y') },
};

const order = { shop: 'Secret-Shop', email: 'nobody@example.com', tasks: ['1', '2'] };

const event = (id: string, detail: unknown) => ({
  id,
  source: 'shop',
  'detail-type': 'Order Placed',
  resources: [],
  detail,
});

const config = { mappedSources: ['shop'], mappedDetailTypes: ['Order Placed'] };

function scene(mappings: readonly Mapping[]) {
  const { callSalesforce } = createLocalOrg();
  const harness = createHarness({ callSalesforce, config, mappings });
  const run = (
    detail: unknown,
    attributes: Readonly<Record<string, string>> = {},
    remainingMs = 50_000,
  ) => {
    const named = Object.entries(attributes).map(([name, stringValue]) => [
      name,
      { dataType: 'String', stringValue },
    ]);
    const messageAttributes = Object.fromEntries(named);
    const record = sqsRecord(event('event-1', detail), { messageAttributes });
    return harness.run([record], () => remainingMs);
  };
  const lineOf = (message: string): Readonly<Record<string, unknown>> | undefined =>
    harness.log.lines.find(([text]) => text === message)?.[1];
  return { ...harness, run, lineOf };
}

describe('what a mapping did', () => {
  const mapping = mappingOf([account, contact, lead, tasks]);

  it('stands in its log line: steps in order, with their records, and nothing of the event', async () => {
    const { lineOf, log, run } = scene([mapping]);
    await run(order);
    const line = lineOf('api call succeeded');
    expect(line).toMatchObject({ mapping: 'example', object: 'Account' });
    expect(line?.['steps']).toBe(
      `upsert Account ${line?.['recordId']} (created), find Contact: none, create Lead skipped, create Task: 2 records`,
    );
    expect(line?.['recordId']).toMatch(/^001\w{15}$/);
    expect(log.text()).not.toContain('Secret');
  });

  it('stands in the line of its failure, up to the step that failed', async () => {
    const { lineOf, run } = scene([mapping]);
    await run({ ...order, tasks: ['1', 'x'] });
    expect(lineOf('api call failed')).toMatchObject({
      mapping: 'example',
      step: 'create-Task',
      place: 'fields.Subject',
      steps: expect.stringMatching(/^upsert Account 001.*, create Task failed$/),
    });
  });

  it('stands in the line of an event that waits', async () => {
    const { lineOf, run } = scene([mapping]);
    await run(order, {}, 0);
    expect(lineOf('api call deferred')).toMatchObject({
      mapping: 'example',
      reason: 'not-started',
    });
  });

  it.each([
    ['key', { key: jsonata('detail.none', 'key') }, 'key: has no value: use a default, such as'],
    [
      'item-key',
      { steps: [{ ...tasks, itemKey: jsonata('detail.none', 'item-key') }] },
      'item-key: has no value: use a default, or leave the item out of each',
    ],
  ])(
    'names what can be done about a missing %s, which comes before any when',
    async (_, others, message) => {
      const { replies, run } = scene([mappingOf([account], others)]);
      await run(order);
      expect(replies()[0].data.description).toContain(message);
    },
  );

  it('is told apart by the replies of two mappings for one event', async () => {
    const { replies, run } = scene([mappingOf([account])]);
    await run(order);
    expect(replies()).toMatchObject([{ category: 'success', mapping: 'example' }]);
    expect(replySchema.parse(replies()[0])).toEqual(replies()[0]);
  });
});

describe('an event whose mapping is off', () => {
  const failed = '{"count":1,"mapping":"gone"}';

  it.each([
    ['after a redrive', { Redrive: failed }, [mappingOf([account])]],
    ['and no other is on', { Redrive: failed }, []],
    ['of several mappings', { Mapping: 'gone' }, [mappingOf([account])]],
  ])(
    '%s is parked by its name and the parameter, and never given to another',
    async (_, attributes, mappings) => {
      const { deadLetters, lineOf, replies, run } = scene(mappings);
      expect(await run(order, attributes)).toEqual([]);
      expect(deadLetters[0]?.failure).toMatchObject({
        class: 'no-mapping',
        errorCode: 'NO_MAPPING',
        message: expect.stringMatching(/^mapping "gone" is not switched on: .*parameter Mappings/),
        correlation: { mapping: 'gone' },
      });
      expect(lineOf('api call failed')).toMatchObject({ mapping: 'gone', errorCode: 'NO_MAPPING' });
      expect(replies()[0].data.details.mapping).toEqual({ mapping: 'gone' });
    },
  );

  it('says so too if its mapping is on, and is for other events now', async () => {
    const other = mappingOf([account], { on: { ...mappingOf([]).on, 'detail-type': ['Other'] } });
    const { deadLetters, run } = scene([other]);
    await run(order, { Redrive: '{"count":1,"mapping":"example"}' });
    expect(deadLetters[0]?.failure).toMatchObject({
      message: expect.stringContaining('"example" no longer matches the event'),
    });
  });

  it('carries the name of the mapping that failed into the dead-letter queue, also for Salesforce', async () => {
    const { deadLetters, run } = scene([
      mappingOf([{ ...account, object: 'Nothing__c' }], { name: 'refused' }),
    ]);
    await run(order);
    expect(deadLetters[0]?.failure).toMatchObject({ correlation: { mapping: 'refused' } });
  });
});
