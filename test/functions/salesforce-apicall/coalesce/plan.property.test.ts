import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inRounds, recordKey } from '../../../../functions/salesforce-apicall/coalesce/ordering.ts';
import { planCalls, RecordLimits } from '../../../../functions/salesforce-apicall/coalesce/plan.ts';
import type {
  ApiCall,
  PlannedRequest,
} from '../../../../functions/salesforce-apicall/coalesce/single.ts';
import {
  outcomesOf,
  splitFailures,
} from '../../../../functions/salesforce-apicall/coalesce/split.ts';
import {
  type ApiCallRequest,
  parseRequest,
} from '../../../../functions/salesforce-apicall/request/schema.ts';

const plan = (items: readonly PlannedRequest[], maxRecords = 200) =>
  planCalls(items, {
    apiVersion: 'v68.0',
    recordLimits: new RecordLimits(maxRecords),
    callSizes: new WeakMap(),
  });

/** What becomes of the requests of a call after a response. */
const splitBy = (call: ApiCall<PlannedRequest>, status: number, body: unknown) => {
  const response = { status, headers: {}, body };
  const { alone, halve, smaller, ...split } = splitFailures(call, outcomesOf(call, response));
  const items = (some: typeof alone) => some.map(({ item }) => item);
  const again = { alone: items(alone), halve: items(halve), smaller: items(smaller) };
  return { ...split, ...again, failed: [...smaller, ...split.finished] };
};

const request = (data: object): PlannedRequest => ({
  request: parseRequest({ resource: 'sobjects', object: 'Contact', ...data }),
});
const create = (LastName: string, object = 'Contact'): PlannedRequest =>
  request({ action: 'POST', object, payload: { LastName } });
const many = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));
const id = (index: number): string => `003${String(index).padStart(12, '0')}`;

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

describe('the answer of a call with several requests', () => {
  const items = many(4, (index) => create(`N${index}`));
  const sort = (status: number, body: unknown) => {
    const [shared] = plan(items);
    return shared && splitBy(shared, status, body);
  };
  const fine = { success: true, id: '003', errors: [] };
  const bad = (statusCode: string, message = 'm') => ({
    success: false,
    errors: [{ statusCode, message }],
  });

  it('ends those that it speaks of, and blames no neighbour', () => {
    const sorted = sort(200, [
      fine,
      bad('STRING_TOO_LONG'),
      fine,
      bad('ALL_OR_NONE_OPERATION_ROLLED_BACK'),
    ]);
    expect(sorted?.finished.map(({ outcome }) => outcome.kind)).toEqual([
      'success',
      'failure',
      'success',
    ]);
    expect(sorted?.alone).toEqual([items[3]]);
  });

  it('halves a call that was rejected as a whole', () => {
    const sorted = sort(400, [{ errorCode: 'JSON_PARSER_ERROR', message: 'of one of them' }]);
    expect([sorted?.finished, sorted?.halve]).toEqual([[], items]);
  });

  it('halves what was too much for automation', () => {
    const sorted = sort(200, [
      fine,
      ...many(3, () => bad('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'Too many SOQL queries: 101')),
    ]);
    expect([sorted?.finished.length, sorted?.halve.length, sorted?.tooBig.length]).toEqual([
      1, 3, 3,
    ]);
  });

  it.each([
    [503, '', 'retry-soon'],
    [
      403,
      [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }],
      'retry-later',
    ],
    [502, '<html>', 'outcome-unknown'],
    [200, { not: 'a list' }, 'outcome-unknown'],
    [200, [fine], 'outcome-unknown'],
  ])('%i %j is that of each', (status, body, name) => {
    const sorted = sort(status, body);
    expect(sorted?.failed.map(({ outcome }) => Object(outcome).class)).toEqual(many(4, () => name));
  });

  it('makes those again alone that the session ended over', () => {
    const sorted = sort(200, [fine, bad('INVALID_SESSION_ID'), fine, fine]);
    expect([sorted?.finished.length, sorted?.alone]).toEqual([3, [items[1]]]);
    const rejected = sort(401, [{ errorCode: 'INVALID_SESSION_ID', message: 'm' }]);
    expect(rejected?.halve).toHaveLength(4);
  });
});

describe('an upsert', () => {
  const upsert = (key: string) =>
    request({ action: 'PATCH', record: `Key__c/${key}`, payload: { LastName: 'N' } });
  const duplicate = (field: string) => ({
    errorCode: 'DUPLICATE_VALUE',
    message: `duplicate value found: ${field} duplicates value on record with id: 0035g00000ABCDE`,
  });
  const one = upsert('a');
  const two = [one, upsert('b')];
  const sort = (body: unknown, isResend?: true) => {
    const [single] = plan([one]);
    return single && splitBy({ ...single, ...(isResend && { isResend }) }, 400, body);
  };

  it('that another one of the same new key overtook is finished again, once', () => {
    expect(sort([duplicate('key__c')])?.alone).toEqual([one]);
    expect(sort([duplicate('key__c')], true)).toMatchObject({
      finished: [{ outcome: { class: 'permanent-data' } }],
      alone: [],
    });
  });

  it('that is overtaken in a collection is finished again alone', () => {
    const { errorCode, message } = duplicate('Key__c');
    const body = [
      { success: true, id: '003', errors: [] },
      { success: false, errors: [{ statusCode: errorCode, message }] },
    ];
    const [shared] = plan(two);
    const sorted = shared && splitBy(shared, 200, body);
    expect([sorted?.finished.length, sorted?.alone]).toEqual([1, [two[1]]]);
  });

  it('that breaks another unique field, and a create that does, are not', () => {
    expect(sort([duplicate('Email__c')])?.alone).toEqual([]);
    const [call] = plan([create('N')]);
    const body = [duplicate('Key__c')];
    expect(call && splitBy(call, 400, body).alone).toEqual([]);
  });
});
