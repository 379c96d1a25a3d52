import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inRounds, recordKey } from '../../../../functions/salesforce-apicall/coalesce/ordering.ts';
import type {
  ApiCall,
  PlannedRequest,
} from '../../../../functions/salesforce-apicall/coalesce/single.ts';
import {
  type ApiCallRequest,
  parseRequest,
} from '../../../../functions/salesforce-apicall/request/schema.ts';

import { create, id, many, plan, request } from './plan-harness.ts';

const objects = fc.constantFrom('Account', 'Contact', 'contact', 'Case', 'Task', 'Order__c');
const record = fc.oneof(
  fc.nat(5).map(id),
  fc.nat(5).map((index) => `${id(index)}AAA`),
  fc.constantFrom('Ext__c/a', 'EXT__c/A', 'Ext__c/b', 'Other__c/a', 'Id/x', '001'),
);
const payload = fc.constantFrom<unknown>(
  { Name: 'a' },
  { Name: 'a', Id: 'x' },
  { ext__c: 'a' },
  { attributes: { type: 'User' } },
  [1],
  'text',
  { Name: '@{other.id}' },
);
const requests = fc
  .record(
    {
      action: fc.constantFrom('GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'HEAD'),
      resource: fc.constantFrom('sobjects', 'sobjects', 'sobjects', 'SObjects', 'query', 'limits'),
      object: objects,
      record,
      payload,
      query: fc.constantFrom({}, { updateOnly: 'true' }),
      headers: fc.constantFrom(
        {},
        { 'Sforce-Duplicate-Rule-Header': 'allowSave=true' },
        { 'sforce-duplicate-rule-header': 'allowSave=true' },
        { 'If-Match': 'x' },
      ),
    },
    { requiredKeys: ['action', 'resource'] },
  )
  .map((data): PlannedRequest => ({ request: parseRequest(data) }));
const batches = fc.array(requests, { maxLength: 60 });

const parsed = ({ call }: ApiCall<PlannedRequest>) => JSON.parse(call.body ?? '{}');
const isCollection = ({ call }: ApiCall<PlannedRequest>): boolean =>
  call.path.includes('/composite/sobjects');
const isComposite = ({ call }: ApiCall<PlannedRequest>): boolean =>
  call.path.endsWith('/composite');
const headersOf = ({ request: { headers = {} } }: PlannedRequest): string =>
  JSON.stringify(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

describe('a plan, of whatever requests', () => {
  it('makes each of them once', () => {
    fc.assert(
      fc.property(batches, (items) => {
        const planned = plan(items).flatMap((call) => call.items);
        expect(planned).toHaveLength(items.length);
        expect(new Set(planned)).toEqual(new Set(items));
      }),
    );
  });

  it("keeps Salesforce's limits and its own", () => {
    fc.assert(
      fc.property(batches, fc.integer({ min: 1, max: 20 }), (items, maxRecords) => {
        const calls = plan(items, maxRecords);
        for (const call of calls.filter(isCollection)) {
          const types = parsed(call).records.map((one: { attributes: { type: string } }) =>
            one.attributes.type.toLowerCase(),
          );
          expect(types.length).toBeLessThanOrEqual(maxRecords);
          expect(new Set(types).size).toBe(
            types.filter((type: string, index: number) => type !== types[index - 1]).length,
          );
          expect(new Set(types).size).toBeLessThanOrEqual(10);
        }
        for (const call of calls.filter(isComposite)) {
          expect(parsed(call).compositeRequest.length).toBeLessThanOrEqual(25);
        }
      }),
    );
  });

  it('lets requests share a call only under the same headers, and none with conditions', () => {
    fc.assert(
      fc.property(batches, (items) => {
        for (const call of plan(items).filter((one) => one.items.length > 1)) {
          expect(new Set(call.items.map(headersOf)).size).toBe(1);
          expect(call.items.map(headersOf).join()).not.toContain('if-');
        }
      }),
    );
  });

  it('gives each request the answer that stands in its place', () => {
    fc.assert(
      fc.property(batches, (items) => {
        for (const call of plan(items).filter(({ items: { length } }) => length > 1)) {
          const names = call.items.map((_, index) => `error ${index}`);
          const body = isCollection(call)
            ? names.map((message) => ({ success: false, errors: [{ statusCode: 'X', message }] }))
            : {
                compositeResponse: names.map((message, index) => ({
                  referenceId: `request${index}`,
                  httpStatusCode: 400,
                  body: [{ errorCode: 'X', message }],
                })),
              };
          const answers = call.toResponses({ status: 200, headers: {}, body });
          expect(answers?.map((answer) => Object(answer?.body)[0].message)).toEqual(names);
        }
      }),
    );
  });

  it('never puts two requests on one record into one round, and keeps their order', () => {
    fc.assert(
      fc.property(batches, (items) => {
        const keyOf = ({ request: one }: PlannedRequest) => recordKey(one);
        const rounds = inRounds(items, keyOf);
        for (const round of rounds) {
          const keys = round.map(keyOf).filter((key) => key !== undefined);
          expect(new Set(keys).size).toBe(keys.length);
        }
        for (const key of new Set(items.map(keyOf))) {
          if (key === undefined) continue;
          const own = (list: readonly PlannedRequest[]) =>
            list.filter((item) => keyOf(item) === key);
          expect(own(rounds.flat())).toEqual(own(items));
        }
      }),
    );
  });
});

describe('a plan', () => {
  it('of 1,000 creates is five calls', () => {
    expect(plan(many(1_000, (index) => create(`N${index}`)))).toHaveLength(5);
  });

  it('of 1,000 mixed writes to four objects is at most 45 calls', () => {
    const types = ['Account', 'Contact', 'Case', 'Task'];
    const verbs = [
      (index: number, object: string) => create(`N${index}`, object),
      (index: number, object: string) =>
        request({ action: 'PATCH', object, record: id(index), payload: { Name: 'n' } }),
      (index: number, object: string) =>
        request({ action: 'PATCH', object, record: `Ext__c/${index}`, payload: { Name: 'n' } }),
      (index: number, object: string) => request({ action: 'DELETE', object, record: id(index) }),
    ];
    const items = many(1_000, (index) =>
      verbs[index % 4]?.(index, types[Math.floor(index / 4) % 4] ?? ''),
    ).filter((item) => item !== undefined);
    expect(plan(items).length).toBeLessThanOrEqual(45);
  });

  it('of ten megabytes is several calls', () => {
    const items = many(12, () => create('x'.repeat(900_000)));
    const calls = plan(items);
    expect(calls.length).toBeGreaterThanOrEqual(3);
    for (const { call } of calls) expect(call.body?.length).toBeLessThan(4_100_000);
  });

  it('of one request is the call that it asks for', () => {
    expect(plan([create('N')])).toMatchObject([
      {
        call: {
          method: 'POST',
          path: '/services/data/v68.0/sobjects/Contact',
          body: '{"LastName":"N"}',
        },
      },
    ]);
  });

  it('of upserts names the object and the field once, and the keys in the records', () => {
    const items = ['a/b', 'c d'].map((key) =>
      request({ action: 'PATCH', record: `Ext__c/${key}`, payload: { LastName: 'N' } }),
    );
    const [call] = plan(items);
    expect(call?.call).toMatchObject({
      method: 'PATCH',
      path: '/services/data/v68.0/composite/sobjects/Contact/Ext__c',
    });
    expect(JSON.parse(call?.call.body ?? '').records).toEqual([
      { attributes: { type: 'Contact' }, Ext__c: 'a/b', LastName: 'N' },
      { attributes: { type: 'Contact' }, Ext__c: 'c d', LastName: 'N' },
    ]);
  });

  it.each<[string, Partial<ApiCallRequest>]>([
    ['a query of its own', { action: 'PATCH', record: 'Ext__c/a', query: { updateOnly: 'true' } }],
    [
      'the external id in the payload too',
      { action: 'PATCH', record: 'Ext__c/a', payload: { ext__c: 'b' } },
    ],
    ['an id in the payload', { action: 'POST', payload: { Id: id(1) } }],
    ['attributes of its own', { action: 'POST', payload: { attributes: { type: 'User' } } }],
    ['a deletion, which a collection would do to any object', { action: 'DELETE', record: id(1) }],
    ['a condition', { action: 'PATCH', record: id(1), headers: { 'If-Match': 'x' } }],
  ])('keeps out of collections %s', (_, data) => {
    const odd = request({ payload: { Name: 'n' }, ...data });
    expect(plan([odd, odd]).filter(isCollection)).toEqual([]);
  });
});
