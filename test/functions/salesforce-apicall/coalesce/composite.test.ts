import { describe, expect, it } from 'vitest';
import {
  compositeCall,
  fitsComposite,
} from '../../../../functions/salesforce-apicall/coalesce/composite.ts';
import { singleCall } from '../../../../functions/salesforce-apicall/coalesce/single.ts';
import type { ApiCallRequest } from '../../../../functions/salesforce-apicall/request/schema.ts';

const ID = '003000000000001';
const request = (fields: Partial<ApiCallRequest> = {}): ApiCallRequest => ({
  action: 'GET',
  resource: 'sobjects',
  object: 'Contact',
  ...fields,
});

describe('a subrequest', () => {
  it.each<[Partial<ApiCallRequest>]>([
    [{}],
    [{ action: 'POST', payload: {} }],
    [{ action: 'PATCH', record: ID, payload: { Name: 'a@b.example {x}' } }],
    [{ action: 'DELETE', record: ID }],
    [{ resource: 'SObjects' }],
    [{ headers: {} }],
    [{ query: { fields: 'Name' } }],
    [{ record: `${ID}/Owner` }],
    [{ record: 'Body' }],
    [{ record: `${ID}/BodyLength` }],
    [{ record: 'Ext__c/a-Body' }],
  ])('may be %j', (fields) => expect(fitsComposite(request(fields))).toBe(true));

  it.each<[Partial<ApiCallRequest>]>([
    [{ resource: 'query' }],
    [{ object: undefined }],
    [{ action: 'PUT' }],
    [{ action: 'HEAD' }],
    [{ headers: { 'Sforce-A': '1' } }],
    [{ record: `${ID}/Body` }],
    [{ record: `${ID}/VersionData` }],
    [{ record: `${ID}/DocumentContent` }],
    [{ payload: { Name: 'a @{b.id}' } }],
    [{ payload: '@{b.id}' }],
    [{ query: { fields: '@{b.id}' } }],
    [{ record: '@{b.id}' }],
  ])('may not be %j', (fields) => expect(fitsComposite(request(fields))).toBe(false));
});

describe('a composite call', () => {
  const items = [
    { request: request({ record: ID, payload: { ignored: true } }) },
    { request: request({ action: 'POST', payload: { Name: 'N' } }) },
  ];
  const shared = () => compositeCall(items, 'v68.0');

  it('holds the requests, each for itself', () => {
    const { call, items: made } = shared();
    expect(made).toEqual(items);
    expect({ ...call, body: JSON.parse(call.body ?? '') }).toEqual({
      method: 'POST',
      path: '/services/data/v68.0/composite',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: {
        allOrNone: false,
        compositeRequest: [
          {
            method: 'GET',
            url: `/services/data/v68.0/sobjects/Contact/${ID}`,
            referenceId: 'request0',
          },
          {
            method: 'POST',
            url: '/services/data/v68.0/sobjects/Contact',
            referenceId: 'request1',
            body: { Name: 'N' },
          },
        ],
      },
    });
  });

  it('is answered by one response for each', () => {
    const compositeResponse = [
      { httpStatusCode: 200, body: { Id: ID }, httpHeaders: { a: 'b' } },
      { httpStatusCode: 204, body: null },
    ];
    expect(shared().toResponses({ status: 200, headers: {}, body: { compositeResponse } })).toEqual(
      [
        { status: 200, headers: {}, body: { Id: ID } },
        { status: 204, headers: {}, body: undefined },
      ],
    );
  });

  it.each([[null], ['text'], [undefined]])(
    'takes %j in place of a response for an error',
    (one) => {
      const body = { compositeResponse: [one, { httpStatusCode: 204 }] };
      expect(shared().toResponses({ status: 200, headers: {}, body })?.[0]).toEqual({
        status: 500,
        headers: {},
        body: '',
      });
    },
  );

  it.each([
    [400, { compositeResponse: [{}, {}] }],
    [200, { compositeResponse: [{}] }],
    [200, { compositeResponse: [{}, {}, {}] }],
    [200, { compositeResponse: 'ab' }],
    [200, {}],
    [200, null],
    [200, undefined],
    [200, 'text'],
  ])('that is answered %i %j says nothing of its requests', (status, body) => {
    expect(shared().toResponses({ status, headers: {}, body })).toBeUndefined();
  });
});

describe('a call of its own', () => {
  it.each([
    ['GET', undefined],
    ['HEAD', undefined],
    ['DELETE', '{"a":1}'],
    ['PUT', '{"a":1}'],
  ] as const)('with %s has the body %s', (action, body) => {
    const headers = { 'Sforce-A': '1', accept: 'text/csv' };
    const item = { request: request({ action, record: ID, payload: { a: 1 }, headers }) };
    const { call, items, toResponses } = singleCall(item, 'v68.0');
    expect(items).toEqual([item]);
    expect(call).toEqual({
      method: action,
      path: `/services/data/v68.0/sobjects/Contact/${ID}`,
      headers: {
        'Sforce-A': '1',
        'content-type': 'application/json',
        accept: 'application/json',
      },
      ...(body === undefined ? {} : { body }),
    });
    const answer = { status: 418, headers: {}, body: '' };
    expect(toResponses(answer)).toEqual([answer]);
  });

  it('without a payload has no body', () => {
    const { call } = singleCall({ request: request({ action: 'POST' }) }, 'v68.0');
    expect(Object.keys(call)).toEqual(['method', 'path', 'headers']);
  });
});
