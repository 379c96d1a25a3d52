import { describe, expect, it } from 'vitest';
import {
  type CollectionEntry,
  type CollectionRecord,
  collectionCall,
  collectionKey,
  toCollectionRecord,
} from '../../../../functions/salesforce-apicall/coalesce/collections.ts';
import type { PlannedRequest } from '../../../../functions/salesforce-apicall/coalesce/single.ts';
import type { ApiCallRequest } from '../../../../functions/salesforce-apicall/request/schema.ts';

const ID = '003000000000001';
const request = (fields: Partial<ApiCallRequest>): ApiCallRequest => ({
  action: 'POST',
  resource: 'sobjects',
  object: 'Contact',
  payload: { LastName: 'N' },
  ...fields,
});
const attributes = { type: 'Contact' };
const created: CollectionRecord = {
  verb: 'create',
  type: 'Contact',
  record: { attributes, LastName: 'N' },
};
const upserted = (field: string, value: string): CollectionRecord => ({
  verb: 'upsert',
  type: 'Contact',
  field,
  record: { attributes, [field]: value, LastName: 'N' },
});

describe('a member of a collection', () => {
  it.each<[Partial<ApiCallRequest>, CollectionRecord]>([
    [{}, created],
    [{ resource: 'SObjects' }, created],
    [{ headers: {} }, created],
    [{ headers: { 'Sforce-If-Match': 'x' } }, created],
    [
      { action: 'PATCH', record: ID },
      { verb: 'update', type: 'Contact', record: { attributes, id: ID, LastName: 'N' } },
    ],
    [
      { action: 'PATCH', record: `${ID}AAA` },
      { verb: 'update', type: 'Contact', record: { attributes, id: `${ID}AAA`, LastName: 'N' } },
    ],
    [{ action: 'PATCH', record: 'Ext__c/a/b' }, upserted('Ext__c', 'a/b')],
    [{ action: 'PATCH', record: 'Id__c/a' }, upserted('Id__c', 'a')],
  ])('is made of %j', (fields, member) =>
    expect(toCollectionRecord(request(fields))).toEqual(member),
  );

  it.each<[Partial<ApiCallRequest>]>([
    [{ resource: 'query' }],
    [{ object: undefined }],
    [{ object: 'Contact/describe' }],
    [{ query: {} }],
    [{ headers: { 'if-match': 'x' } }],
    [{ headers: { 'Sforce-Call-Options': 'x', 'If-Match': 'x' } }],
    [{ payload: undefined }],
    [{ payload: null }],
    [{ payload: 'text' }],
    [{ payload: [{ LastName: 'N' }] }],
    [{ payload: { ID } }],
    [{ payload: { Attributes: {} } }],
    [{ payload: { LastName: 'N', id: ID } }],
    [{ action: 'GET' }],
    [{ action: 'PUT' }],
    [{ action: 'DELETE', record: ID }],
    [{ record: ID }],
    [{ action: 'PATCH' }],
    [{ action: 'PATCH', record: ID, payload: { Id: ID } }],
    [{ action: 'PATCH', record: '001' }],
    [{ action: 'PATCH', record: '/a' }],
    [{ action: 'PATCH', record: 'Ext__c/a', payload: { EXT__C: 'b' } }],
    [{ action: 'PATCH', record: 'Ext__c/a', payload: { Id: ID } }],
    [{ action: 'PATCH', record: `ID/${ID}` }],
  ])('is not made of %j', (fields) => expect(toCollectionRecord(request(fields))).toBeUndefined());
});

describe('members that share a call', () => {
  const group = (fields: Partial<ApiCallRequest>): string => {
    const given = request(fields);
    return collectionKey(given, toCollectionRecord(given) ?? created);
  };
  const upsert = (object: string, record: string) => ({ action: 'PATCH', object, record }) as const;

  it.each([
    ['creates of several objects', {}, { object: 'Case' }],
    ['updates of several objects', upsert('Contact', ID), upsert('Case', ID)],
    ['upserts on one field', upsert('Contact', 'Ext__c/a'), upsert('contact', 'EXT__c/b')],
    [
      'the same headers in any case and order',
      { headers: { 'Sforce-A': '1', 'Sforce-B': '2' } },
      { headers: { 'sforce-b': '2', 'sforce-a': '1' } },
    ],
    ['no headers', {}, { headers: {} }],
  ])('are %s', (_what, one, other) => expect(group(one)).toBe(group(other)));

  it.each([
    ['creates and updates', {}, upsert('Contact', ID)],
    ['updates and upserts', upsert('Contact', ID), upsert('Contact', 'Ext__c/a')],
    ['upserts of several objects', upsert('Contact', 'Ext__c/a'), upsert('Case', 'Ext__c/a')],
    ['upserts on several fields', upsert('Contact', 'Ext__c/a'), upsert('Contact', 'Other__c/a')],
    [
      'other values of a header',
      { headers: { 'Sforce-A': '1' } },
      { headers: { 'Sforce-A': '2' } },
    ],
    ['other headers', { headers: { 'Sforce-A': '1' } }, { headers: { 'Sforce-B': '1' } }],
    ['headers and none', { headers: { 'Sforce-A': '1' } }, {}],
  ])('are not %s', (_what, one, other) => expect(group(one)).not.toBe(group(other)));
});

describe('the call of a collection', () => {
  const entry = (fields: Partial<ApiCallRequest>): CollectionEntry<PlannedRequest> => {
    const given = request(fields);
    return { item: { request: given }, member: toCollectionRecord(given) ?? created };
  };
  const headers = { 'Sforce-A': '1' };
  const entries = [
    entry({ headers }),
    entry({ headers, object: 'Case', payload: { Subject: 'S' } }),
  ] as const;
  const shared = () => collectionCall([...entries], 'v68.0');

  it('creates the records of all, each for itself', () => {
    const { items, call } = shared();
    expect(items).toEqual(entries.map(({ item }) => item));
    expect({ ...call, body: JSON.parse(call.body ?? '') }).toEqual({
      method: 'POST',
      path: '/services/data/v68.0/composite/sobjects',
      headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
      body: {
        allOrNone: false,
        records: [
          { attributes: { type: 'Contact' }, LastName: 'N' },
          { attributes: { type: 'Case' }, Subject: 'S' },
        ],
      },
    });
  });

  it.each([
    [{ action: 'PATCH', record: ID }, '/services/data/v68.0/composite/sobjects'],
    [
      { action: 'PATCH', object: 'A&B', record: 'E#x/a' },
      '/services/data/v68.0/composite/sobjects/A%26B/E%23x',
    ],
  ] as const)('of %j is a PATCH of %s', (fields, path) => {
    expect(collectionCall([entry(fields)], 'v68.0').call).toMatchObject({ method: 'PATCH', path });
  });

  it('is answered by one result for each, or by none', () => {
    const fine = { id: ID, success: true };
    const answers = (status: number, body: unknown) =>
      shared().toResponses({ status, headers: {}, body });
    expect(answers(200, [fine, fine])?.map((one) => one?.status)).toEqual([201, 201]);
    expect(answers(400, [fine, fine])).toBeUndefined();
    expect(answers(200, [fine])).toBeUndefined();
    expect(answers(200, [fine, fine, fine])).toBeUndefined();
    expect(answers(200, { length: 2 })).toBeUndefined();
    expect(answers(200, 'ab')).toBeUndefined();
    expect(answers(200, undefined)).toBeUndefined();
  });
});
