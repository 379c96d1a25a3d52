import { describe, expect, it } from 'vitest';
import { parseExact } from '../../../../functions/common/json.ts';
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
  const first = { referenceId: 'request0', httpStatusCode: 200 };
  const second = { referenceId: 'request1', httpStatusCode: 204 };
  const done = { headers: {}, body: undefined };
  const toldOf = (compositeResponse: readonly unknown[]) =>
    shared().toResponses({ status: 200, headers: {}, body: { compositeResponse } });

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

  it('is answered by one response for each, in any order', () => {
    const compositeResponse = [
      { referenceId: 'request1', httpStatusCode: 204, body: null },
      { referenceId: 'request0', httpStatusCode: 200, body: { Id: ID }, httpHeaders: { a: 'b' } },
    ];
    expect(shared().toResponses({ status: 200, headers: {}, body: { compositeResponse } })).toEqual(
      [
        { status: 200, headers: {}, body: { Id: ID } },
        { status: 204, headers: {}, body: undefined },
      ],
    );
  });

  it.each([[null], ['text'], [undefined]])(
    'that is answered by %j in one place tells nothing of one request',
    (one) => expect(toldOf([one, second])).toEqual([undefined, { ...done, status: 204 }]),
  );

  it.each([
    ['a missing id', [{ ...first, referenceId: undefined }]],
    ['another id', [{ ...first, referenceId: 'request2' }]],
    ['an id in other case', [{ ...first, referenceId: 'Request0' }]],
    ['a doubled id', [first, first]],
    ['two answers', [first, { ...first, httpStatusCode: 201 }]],
    ['no status', [{ referenceId: 'request0' }]],
    ['a status that is text', [{ ...first, httpStatusCode: '201' }]],
    [
      'a status that JavaScript has no number for',
      [{ ...first, httpStatusCode: parseExact('12345678901234567890') }],
    ],
    ['no answer', []],
  ])('tells the result of the other request only, with %s', (_what, answers) => {
    for (const list of [
      [...answers, second],
      [second, ...answers],
      [...answers, second, {}, 7],
    ])
      expect(toldOf(list)).toEqual([undefined, { ...done, status: 204 }]);
  });

  it('that is refused for its form is refused for each request', () => {
    const refused = {
      httpStatusCode: 400,
      body: [{ errorCode: 'LIMIT_EXCEEDED' }],
      referenceId: null,
    };
    const each = { status: 400, headers: {}, body: refused.body };
    expect(toldOf([refused])).toEqual([each, each]);
    expect(toldOf([{ ...refused, httpStatusCode: 200 }])).toEqual([undefined, undefined]);
  });

  it.each([
    [400, { compositeResponse: [{}, {}] }],
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
